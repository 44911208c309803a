//! `cargo xtask release TAG`: whether what a tag names can be published.
//!
//! It publishes nothing. `.github/workflows/release.yml` does, when this has passed.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::workspace::{Package, Workspace, cargo};

const CHANGELOG: &str = "CHANGELOG.md";

pub(crate) fn run(tag: &str) -> Result<ExitCode> {
    let Some(version) = tag.strip_prefix('v') else {
        bail!("`{tag}` is no tag of a version; v and a version is, as v1.2.3");
    };
    let workspace = Workspace::load()?;
    let changelog = fs::read_to_string(workspace.root.join(CHANGELOG))
        .with_context(|| format!("cannot read {CHANGELOG}"))?;
    let published = workspace
        .packages
        .iter()
        .filter(|package| package.published);
    let published: Vec<&Package> = published.collect();
    let mut faults = other_versions(version, &published);
    if !has_section(&changelog, version) {
        faults.push(format!(
            "{CHANGELOG}: write what is new under a heading `## {version}`"
        ));
    }
    faults.iter().for_each(|fault| println!("{fault}"));
    if !faults.is_empty() || !can_be_packaged(&published)? {
        println!("release: {tag} cannot be published");
        return Ok(ExitCode::FAILURE);
    }
    println!(
        "release: {tag} can be published, {} packages",
        published.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// The packages that are not of this version.
fn other_versions(version: &str, packages: &[&Package]) -> Vec<String> {
    let others = packages.iter().filter(|package| package.version != version);
    others
        .map(|package| {
            let Package {
                name, version: its, ..
            } = package;
            format!("{name} is of version {its}: set the version in Cargo.toml, or tag v{its}")
        })
        .collect()
}

/// Whether the change log says something under the version's heading, `## 1.2.3` or `## 1.2.3, a date`.
fn has_section(changelog: &str, version: &str) -> bool {
    let is_heading = |line: &&str| line.starts_with("## ");
    let is_its = |line: &str| {
        let named = line.trim_start_matches("## ").split([' ', ',']).next();
        named.map(|name| name.trim_matches(['[', ']'])) == Some(version)
    };
    let mut lines = changelog.lines();
    lines.by_ref().filter(is_heading).any(is_its)
        && lines
            .take_while(|line| !is_heading(line))
            .any(|line| !line.trim().is_empty())
}

/// Packs each package that is published, and builds it from what was packed.
fn can_be_packaged(packages: &[&Package]) -> Result<bool> {
    let names = packages
        .iter()
        .flat_map(|package| ["--package", &package.name]);
    let packed = cargo()
        .args(["package", "--locked"])
        .args(names)
        .status()
        .context("cannot start cargo package")?;
    Ok(packed.success())
}
