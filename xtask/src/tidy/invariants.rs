//! The rule `invariants`: each invariant of ARCHITECTURE.md, and each rule of the contract that is no
//! clause, names the check that holds it, and the check exists.

use super::checkout::Checkout;
use super::{RULES, Violation};
use crate::contract;

const PATHS: &[&str] = &["ARCHITECTURE.md", contract::PATH];

pub(super) fn invariants(checkout: &Checkout) -> Vec<Violation> {
    let documents = PATHS.iter().filter_map(|path| checkout.file(path));
    documents
        .flat_map(|document| unchecked(checkout, &document.path, &document.text))
        .collect()
}

/// The invariants of one document that nothing checks.
fn unchecked(checkout: &Checkout, path: &str, text: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (line, invariant) in paragraphs(text) {
        let advice = match checks(&invariant) {
            None => vec![
                "end it with `(checked by …)`: `tidy: RULE`, `test: NAME` or `clippy: ENTRY`"
                    .to_owned(),
            ],
            Some(checks) => checks
                .split(", ")
                .filter_map(|check| unknown(checkout, check))
                .collect(),
        };
        violations.extend(
            advice
                .iter()
                .map(|advice| Violation::new(path, line, advice)),
        );
    }
    violations
}

/// Each invariant's paragraph on one line, with the number of its first.
fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let begins = line
            .strip_prefix("- ")
            .unwrap_or(line)
            .starts_with("**Invariant:**");
        inside = begins || inside && !line.is_empty() && !line.starts_with(['-', '#', '*']);
        match paragraphs.last_mut() {
            _ if begins => paragraphs.push((number, line.to_owned())),
            Some((_, paragraph)) if inside => *paragraph = format!("{paragraph} {line}"),
            _ => {}
        }
    }
    paragraphs
}

/// `tidy: arrows, test: a_name` of a paragraph that ends in `(checked by tidy: arrows, test: a_name)`.
fn checks(paragraph: &str) -> Option<String> {
    let end = paragraph.trim_end_matches('.').strip_suffix(')')?;
    let (_, checks) = end.rsplit_once("(checked by ")?;
    Some(checks.replace('`', ""))
}

/// What is wrong with a check that does not exist.
fn unknown(checkout: &Checkout, check: &str) -> Option<String> {
    let (exists, what) = match check.split_once(": ") {
        Some(("tidy", rule)) => (
            RULES.iter().any(|(name, _)| *name == rule),
            "no rule of tidy has this name",
        ),
        Some(("test", test)) => (has_function(checkout, test), "no function has this name"),
        Some(("clippy", entry)) => (
            has_entry(checkout, entry),
            "no clippy.toml and no lint table has this entry",
        ),
        _ => (
            false,
            "a check is `tidy: RULE`, `test: NAME` or `clippy: ENTRY`",
        ),
    };
    (!exists).then(|| format!("`{check}` checks nothing: {what}"))
}

fn has_function(checkout: &Checkout, path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    checkout.rust().any(|(_, syntax)| {
        syntax
            .functions
            .iter()
            .any(|function| function.what == name)
    })
}

fn has_entry(checkout: &Checkout, entry: &str) -> bool {
    let quoted = format!("\"{entry}\"");
    let named = format!("{entry} = ");
    checkout
        .files
        .iter()
        .any(|file| match file.path.rsplit('/').next() {
            Some("clippy.toml") => file.text.contains(&quoted),
            Some("Cargo.toml") => file.text.lines().any(|line| line.starts_with(&named)),
            _ => false,
        })
}
