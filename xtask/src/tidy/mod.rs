//! `cargo xtask tidy`: the rules of this code base that the compiler does not know.
//!
//! A rule is a function from the checkout to its violations; the list of rules is here.

mod arrows;
mod checkout;
mod contract;
mod documents;
mod ecosystem;
mod host;
mod invariants;
mod layout;
mod source;
mod syntax;
#[cfg(test)]
mod tests;
mod victims;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

use checkout::Checkout;

/// The name by which a rule is cited, and the rule.
type Rule = (&'static str, fn(&Checkout) -> Vec<Violation>);

const RULES: &[Rule] = &[
    ("arrows", arrows::arrows),
    ("host-names", host::host_names),
    ("syntax", source::syntax),
    ("file-length", source::file_length),
    ("module-docs", source::module_docs),
    ("leftovers", source::leftovers),
    ("forbid-unsafe", source::forbid_unsafe),
    ("root-entries", layout::root_entries),
    ("documents", layout::documents),
    ("file-names", layout::file_names),
    ("file-size", layout::file_size),
    ("outside-mentions", layout::outside_mentions),
    ("rust-version", documents::rust_version),
    ("changelog", documents::changelog),
    ("contract", contract::contract),
    ("invariants", invariants::invariants),
    ("ecosystem", ecosystem::ecosystem),
    ("bans", ecosystem::bans),
    ("victims", victims::victims),
];

/// Where a rule is broken, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    advice: String,
}

pub(crate) fn run() -> Result<ExitCode> {
    let checkout = Checkout::load()?;
    let reports = check(&checkout);
    for report in &reports {
        println!("{report}");
    }
    if reports.is_empty() {
        println!(
            "tidy: {} rules hold in {} files",
            RULES.len(),
            checkout.files.len()
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!("tidy: {} violations", reports.len());
    Ok(ExitCode::FAILURE)
}

/// Every violation of every rule, as `path:line: rule: what to do instead`.
fn check(checkout: &Checkout) -> Vec<String> {
    let report = |name: &str, violation: Violation| {
        let Violation { path, line, advice } = violation;
        format!("{path}:{line}: {name}: {advice}")
    };
    RULES
        .iter()
        .flat_map(|(name, rule)| {
            rule(checkout)
                .into_iter()
                .map(move |violation| report(name, violation))
        })
        .collect()
}

impl Violation {
    fn new(path: &str, line: usize, advice: impl fmt::Display) -> Self {
        Self {
            path: path.to_owned(),
            line,
            advice: advice.to_string(),
        }
    }
}
