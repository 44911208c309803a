//! Rules that hold README.md and CHANGELOG.md to the manifest.

use super::Violation;
use super::checkout::Checkout;

pub(super) fn rust_version(checkout: &Checkout) -> Vec<Violation> {
    let versions = checkout
        .workspace
        .packages
        .iter()
        .filter_map(|package| package.rust_version.as_deref());
    let (Some(readme), Some(expected)) = (checkout.file("README.md"), versions.max()) else {
        return Vec::new();
    };
    let mut violations = Vec::new();
    for (number, line) in readme.lines() {
        for named in named_versions(line).filter(|named| *named != expected) {
            let advice = format!("names Rust {named}, the manifest's rust-version is {expected}");
            violations.push(Violation::new("README.md", number, advice));
        }
    }
    violations
}

/// The versions that a line names as Rust's: `1.95` in "needs Rust 1.95 or newer".
fn named_versions(line: &str) -> impl Iterator<Item = &str> {
    let is_edge = |character: char| !character.is_ascii_alphanumeric();
    let words: Vec<&str> = line
        .split([' ', '-', '=', '(', ')', '`', '"', '/'])
        .filter(|word| !word.is_empty())
        .collect();
    let pairs: Vec<(String, &str)> = words
        .windows(2)
        .map(|pair| {
            (
                pair[0].trim_matches(is_edge).to_ascii_lowercase(),
                pair[1].trim_matches(is_edge).trim_end_matches('+'),
            )
        })
        .collect();
    pairs
        .into_iter()
        .filter(|(word, version)| {
            matches!(
                word.as_str(),
                "rust" | "rustc" | "msrv" | "toolchain" | "version"
            ) && version
                .strip_prefix("1.")
                .is_some_and(|rest| rest.starts_with(|character: char| character.is_ascii_digit()))
        })
        .map(|(_, version)| version)
}

pub(super) fn changelog(checkout: &Checkout) -> Vec<Violation> {
    let Some(changelog) = checkout.file("CHANGELOG.md") else {
        return Vec::new();
    };
    let version = checkout
        .workspace
        .packages
        .iter()
        .map(|package| package.version.as_str())
        .max()
        .unwrap_or_default();
    let headings = || {
        changelog
            .text
            .lines()
            .filter(|line| line.starts_with("## "))
    };
    if headings().any(|heading| heading.contains("Unreleased") || heading.contains(version)) {
        return Vec::new();
    }
    vec![Violation::new(
        "CHANGELOG.md",
        1,
        format!("add a heading `## Unreleased` or `## {version}`"),
    )]
}
