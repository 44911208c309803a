//! The rule `arrows`: which package may depend on which. Only what is built for a user counts;
//! tests may use more.

use super::Violation;
use super::checkout::Checkout;
use crate::workspace::{Dependency, Kind, Package};

/// What a package may depend on.
enum May {
    /// These and nothing else.
    Only(&'static [&'static str]),
    /// These, and those behind a feature.
    Optionally(&'static [&'static str], &'static [&'static str]),
    /// These of the workspace, and of the outside whatever is not listed after them.
    Members(&'static [&'static str], &'static [&'static str]),
    /// Any package but `xtask`.
    Any,
}

/// Every package of the workspace; to add one is to say here where it stands.
const ARROWS: &[(&str, May)] = &[
    ("runtime-traits", May::Only(&[])),
    ("runtime-macros", May::Members(&[], &["tokio"])),
    ("runtime-mocks", May::Only(&["runtime-traits"])),
    (
        "runtime-conformance",
        May::Only(&["runtime-traits", "runtime-macros"]),
    ),
    (
        "runtime-deterministic",
        May::Members(&["runtime-traits", "runtime-macros"], &["tokio"]),
    ),
    (
        "runtime-io",
        May::Optionally(&["runtime-traits"], &["futures-io", "tokio"]),
    ),
    (
        "runtime-hyper",
        May::Members(&["runtime-traits", "runtime-io"], &["tokio"]),
    ),
    ("runtime-tokio", May::Members(&["runtime-traits"], &[])),
    (
        "store",
        May::Members(&["runtime-traits", "runtime-macros"], &["tokio"]),
    ),
    ("store-bin", May::Any),
    ("victims", May::Only(&["runtime-traits"])),
    (
        "tickets",
        May::Members(
            &["runtime-traits", "runtime-hyper", "runtime-io"],
            &["tokio"],
        ),
    ),
    ("tickets-bin", May::Any),
    ("seed-sweep", May::Members(&[], &["tokio"])),
    ("xtask", May::Members(&["seed-sweep"], &["tokio"])),
];

const HERE: &str = "xtask/src/tidy/arrows.rs";

pub(super) fn arrows(checkout: &Checkout) -> Vec<Violation> {
    let packages = &checkout.workspace.packages;
    packages
        .iter()
        .flat_map(|package| outside(checkout, package))
        .collect()
}

/// The arrows of a package that may not be.
fn outside(checkout: &Checkout, package: &Package) -> Vec<Violation> {
    let Some((_, may)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
        return vec![violation(
            checkout,
            package,
            &format!("say in {HERE} what {} may depend on", package.name),
        )];
    };
    let mut violations = Vec::new();
    for dependency in &package.dependencies {
        let name = dependency.name.as_str();
        let shipped = dependency.kind != Kind::Dev;
        let is_member = checkout.workspace.package(name).is_some();
        if name == "xtask" || shipped && !may.hold(dependency, is_member) {
            let advice = format!(
                "{} may not depend on {name}; the arrows are in {HERE}",
                package.name
            );
            violations.push(violation(checkout, package, &advice));
        }
        // Tests go round in circles, of which no package could be published first.
        if package.published && is_member && !shipped && dependency.versioned {
            let advice = format!("name {name} by its path alone: tests are not published");
            violations.push(violation(checkout, package, &advice));
        }
    }
    violations
}

impl May {
    fn hold(&self, dependency: &Dependency, is_member: bool) -> bool {
        let name = &dependency.name.as_str();
        match self {
            May::Only(names) => names.contains(name),
            May::Optionally(_, names) if dependency.kind == Kind::Optional => names.contains(name),
            May::Optionally(names, _) => names.contains(name),
            May::Members(names, _) if is_member => names.contains(name),
            May::Members(_, never) => !never.contains(name),
            May::Any => true,
        }
    }
}

fn violation(checkout: &Checkout, package: &Package, advice: &str) -> Violation {
    let folder = package
        .folder
        .strip_prefix(&checkout.workspace.root)
        .unwrap_or(&package.folder);
    Violation::new(&folder.join("Cargo.toml").to_string_lossy(), 1, advice)
}
