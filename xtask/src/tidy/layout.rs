//! Rules about which files there are and what any of them, whatever its format, may hold.

use std::collections::BTreeSet;

use super::Violation;
use super::checkout::Checkout;

/// What may lie at the root beside the folders of the members.
const ROOT: &[&str] = &[
    ".cargo",
    ".ci",
    ".github",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benchmarks",
    "clippy.toml",
    "deny.toml",
    "fuzz",
];

/// What a stranger looks for at the root.
const DOCUMENTS: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
];

const VAGUE: &[&str] = &[
    "util", "utils", "common", "helper", "helpers", "manager", "misc",
];

const LARGEST: usize = 256 * 1024;

/// Paths of one machine, in pieces so that this file does not hold them.
const OUTSIDE: &[&[&str]] = &[&["..", "/shared"], &["/wo", "rk/"]];

pub(super) fn root_entries(checkout: &Checkout) -> Vec<Violation> {
    let entry = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let relative = |folder: &std::path::Path| {
        folder
            .strip_prefix(&checkout.workspace.root)
            .ok()
            .map(|path| entry(&path.to_string_lossy()))
    };
    let members: BTreeSet<String> = checkout
        .workspace
        .packages
        .iter()
        .filter_map(|package| relative(&package.folder))
        .collect();
    let entries: BTreeSet<String> = checkout
        .files
        .iter()
        .map(|file| entry(&file.path))
        .collect();
    let strange = entries
        .iter()
        .filter(|entry| !ROOT.contains(&entry.as_str()) && !members.contains(*entry));
    let advice =
        "does not belong at the root; move it, or add it to the list in xtask/src/tidy/layout.rs";
    strange
        .map(|entry| Violation::new(entry, 1, advice))
        .collect()
}

pub(super) fn documents(checkout: &Checkout) -> Vec<Violation> {
    let missing = DOCUMENTS
        .iter()
        .filter(|path| checkout.file(path).is_none());
    missing
        .map(|path| Violation::new(path, 1, "write it, and add it to git"))
        .collect()
}

/// Files are named after nouns of the domain; these name nothing.
pub(super) fn file_names(checkout: &Checkout) -> Vec<Violation> {
    let is_vague = |name: &str| VAGUE.contains(&name.split('.').next().unwrap_or_default());
    let vague = checkout
        .files
        .iter()
        .filter(|file| file.path.split('/').any(is_vague));
    vague
        .map(|file| Violation::new(&file.path, 1, "name it after what it is about"))
        .collect()
}

pub(super) fn file_size(checkout: &Checkout) -> Vec<Violation> {
    let large = checkout.files.iter().filter(|file| file.bytes > LARGEST);
    large
        .map(|file| {
            Violation::new(
                &file.path,
                1,
                format!(
                    "{} bytes; generate it instead, {LARGEST} are the most",
                    file.bytes
                ),
            )
        })
        .collect()
}

pub(super) fn outside_mentions(checkout: &Checkout) -> Vec<Violation> {
    let needles: Vec<String> = OUTSIDE.iter().map(|pieces| pieces.concat()).collect();
    let mut violations = Vec::new();
    for file in &checkout.files {
        for (number, line) in file.lines() {
            if let Some(needle) = needles.iter().find(|needle| line.contains(*needle)) {
                let advice = format!(
                    "`{needle}` is a path of one machine; write down what is meant instead"
                );
                violations.push(Violation::new(&file.path, number, advice));
            }
        }
    }
    violations
}
