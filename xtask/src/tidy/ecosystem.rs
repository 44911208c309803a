//! The rules `ecosystem` and `bans`: each row of the simulator's ECOSYSTEM.md is a test and each test
//! a row; each ban of its clippy.toml is broken once where clippy sees it.

use super::Violation;
use super::checkout::{Checkout, File};

const TABLES: &str = "runtime-deterministic/ECOSYSTEM.md";
const TESTS: &str = "runtime-deterministic/tests/it/ecosystem";
const BANS: &str = "runtime-deterministic/clippy.toml";
const BROKEN: &str = "runtime-deterministic/tests/it/ecosystem/escapes/banned.rs";

pub(super) fn ecosystem(checkout: &Checkout) -> Vec<Violation> {
    rows_and_tests(checkout, TABLES, TESTS)
}

/// Rows of a document's tables without a test in `folder`, and tests there without a row.
pub(super) fn rows_and_tests(checkout: &Checkout, tables: &str, folder: &str) -> Vec<Violation> {
    let Some(file) = checkout.file(tables) else {
        return Vec::new();
    };
    let rows: Vec<_> = file.lines().filter_map(row).collect();
    let files = checkout.files.iter();
    let tests: Vec<_> = files.flat_map(|file| tests(file, folder)).collect();
    let bare = rows
        .iter()
        .filter(|(_, name)| !tests.iter().any(|(_, _, test)| test == name));
    let bare = bare.map(|(line, name)| {
        let advice =
            format!("`{name}` is no test in {folder}; end the row with the test that holds it");
        Violation::new(tables, *line, advice)
    });
    let unnamed = tests
        .iter()
        .filter(|(_, _, test)| !rows.iter().any(|(_, name)| test == name));
    let unnamed = unnamed.map(|(path, line, test)| {
        let advice = format!("write the row of `{test}` in {tables}");
        Violation::new(path, *line, advice)
    });
    bare.chain(unnamed).collect()
}

/// The test that a row of a table names in its last cell; heads and rules of tables are no rows.
fn row((number, line): (usize, &str)) -> Option<(usize, String)> {
    let cells = line.strip_prefix("| ")?.strip_suffix('|')?;
    let last = cells.rsplit('|').next()?.trim();
    (last != "test").then(|| (number, last.trim_matches('`').to_owned()))
}

/// The tests of a file, as paths below `folder`, with their places.
fn tests(file: &File, folder: &str) -> Vec<(String, usize, String)> {
    let module = file
        .path
        .strip_prefix(folder)
        .and_then(|path| path.strip_suffix(".rs"));
    let (Some(module), Some(Ok(syntax))) = (module, &file.syntax) else {
        return Vec::new();
    };
    let module = module.trim_start_matches('/').replace('/', "::");
    let attributes = syntax
        .attributes
        .iter()
        .filter(|found| found.what == "test");
    let tests = attributes.filter_map(|attribute| {
        let below = |line: usize| line > attribute.line;
        syntax
            .functions
            .iter()
            .find(|function| below(function.line))
    });
    tests
        .map(|test| {
            (
                file.path.clone(),
                test.line,
                format!("{module}::{}", test.what),
            )
        })
        .collect()
}

pub(super) fn bans(checkout: &Checkout) -> Vec<Violation> {
    let (Some(bans), Some(broken)) = (checkout.file(BANS), checkout.file(BROKEN)) else {
        return Vec::new();
    };
    let Some(Ok(syntax)) = &broken.syntax else {
        return Vec::new();
    };
    let is_broken = |ban: &str| syntax.paths.iter().any(|path| path.what.join("::") == ban);
    let ban = |line: &str| {
        Some(
            line.split_once("{ path = \"")?
                .1
                .split_once('"')?
                .0
                .to_owned(),
        )
    };
    let bans = bans
        .lines()
        .filter_map(|(number, line)| Some((number, ban(line)?)));
    let whole = bans.filter(|(_, ban)| !is_broken(ban));
    whole
        .map(|(number, ban)| {
            let advice =
                format!("break the ban of `{ban}` in {BROKEN}, or nobody sees that it is misspelt");
            Violation::new(BANS, number, advice)
        })
        .collect()
}
