//! The rule `victims`: each row of the simulator's FAULTS.md is a test of `examples/victims` and each
//! test a row; what corrects a victim is at most five lines, so that a reader sees the mistake.

use super::Violation;
use super::checkout::{Checkout, File};
use super::ecosystem::rows_and_tests;

const TABLE: &str = "runtime-deterministic/FAULTS.md";
const TESTS: &str = "examples/victims/tests/it";
const SOURCES: &str = "examples/victims/src";
/// What says, in each victim, whether it is corrected.
const SWITCH: &str = "fixed";
const MOST: usize = 5;

pub(super) fn victims(checkout: &Checkout) -> Vec<Violation> {
    let sources = checkout.files.iter().filter(|file| file.is_in(SOURCES));
    let long = sources.filter_map(|file| {
        let lines = correction(file);
        let advice = format!(
            "{} lines depend on `{SWITCH}`; find a correction of at most {MOST}",
            lines.len()
        );
        let last = *lines.get(MOST)?;
        Some(Violation::new(&file.path, last, advice))
    });
    let tables = rows_and_tests(checkout, TABLE, TESTS);
    tables.into_iter().chain(long).collect()
}

/// The numbers of the lines that name the switch, and of those in the blocks that they open.
fn correction(file: &File) -> Vec<usize> {
    let mut lines = Vec::new();
    // The indentation of the block that is open.
    let mut open: Option<usize> = None;
    for (number, line) in file.lines() {
        let code = line.split("//").next().unwrap_or_default().trim_end();
        let indent = code.len() - code.trim_start().len();
        let opens = code.ends_with('{');
        match open {
            Some(block) if !code.is_empty() => {
                lines.push(number);
                if indent <= block && !opens {
                    open = None;
                }
            }
            None if names_switch(code) => {
                lines.push(number);
                open = opens.then_some(indent);
            }
            _ => {}
        }
    }
    lines
}

/// Whether code depends on the switch; that it is a parameter does not count.
fn names_switch(code: &str) -> bool {
    let code = code.replace(&format!("{SWITCH}: bool"), "");
    let mut words = code.split(|char: char| !char.is_alphanumeric() && char != '_');
    words.any(|word| word == SWITCH)
}

#[cfg(test)]
mod tests;
