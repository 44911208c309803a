//! The simulations of the workspace: which packages may hold some, their test executables, the
//! tests in them that are simulations.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::Choice;
use crate::workspace::{Package, Workspace, cargo};

/// A test over seeds: what `#[simulate]` expands to is a test of this name.
const SUFFIX: &str = "::simulation";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Simulation {
    /// `package::test path`: what filters match and reports show.
    pub(crate) name: String,
    /// The test's path as its executable knows it.
    pub(crate) path: String,
    pub(crate) executable: PathBuf,
    /// The package's folder, where cargo runs its tests.
    pub(crate) folder: PathBuf,
}

/// Builds the tests of the packages that may hold simulations and lists those whose name the choice's filter is in.
pub(crate) fn discover(workspace: &Workspace, choice: &Choice) -> Result<Vec<Simulation>> {
    let filter = choice.filter.as_str();
    let packages = packages(workspace, filter, choice.workspace)?;
    if packages.is_empty() {
        bail!("no simulation found: no package of the workspace depends on runtime-deterministic");
    }
    let mut simulations = Vec::new();
    for (package, executable) in build(&packages, choice.features.as_deref())? {
        simulations.extend(list(package, &executable)?);
    }
    let found = simulations.len();
    simulations.retain(|simulation| simulation.name.contains(filter));
    simulations.sort_by(|one, other| one.name.cmp(&other.name));
    match (simulations.is_empty(), found) {
        (false, _) => Ok(simulations),
        (true, 0) => bail!(
            "no simulation found: no test of {} ends in {SUFFIX}",
            names(&packages)
        ),
        (true, found) => bail!("no simulation found: none of {found} has {filter:?} in its name"),
    }
}

/// The packages that may hold simulations: the one that the filter begins with; without a filter those that
/// the workspace names, unless all of it is asked for; or else all that use the simulator.
fn packages<'a>(workspace: &'a Workspace, filter: &str, all: bool) -> Result<Vec<&'a Package>> {
    let using: Vec<&Package> = workspace
        .packages
        .iter()
        .filter(|package| package.uses_simulator)
        .collect();
    let named = |name: &str| using.iter().copied().find(|package| package.name == name);
    if let Some(package) = filter.split_once("::").and_then(|(name, _)| named(name)) {
        return Ok(vec![package]);
    }
    match &workspace.default {
        Some(names) if filter.is_empty() && !all => names
            .iter()
            .map(|name| named(name).with_context(|| no_package(name)))
            .collect(),
        _ => Ok(using),
    }
}

fn no_package(name: &str) -> String {
    format!(
        "Cargo.toml names {name} under [workspace.metadata.seed-sweep] default, which is no package that \
         depends on runtime-deterministic: correct it"
    )
}

fn names(packages: &[&Package]) -> String {
    let names: Vec<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    names.join(", ")
}

/// The packages' test executables, each beside its package.
fn build<'a>(
    packages: &[&'a Package],
    features: Option<&str>,
) -> Result<Vec<(&'a Package, PathBuf)>> {
    let mut command = cargo();
    command.args([
        "test",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ]);
    for package in packages {
        command.args(["--package", &package.name]);
    }
    if let Some(features) = features {
        command.args(["--features", features]);
    }
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo test --no-run")?;
    if !output.status.success() {
        bail!("the tests of {} do not build", names(packages));
    }
    let messages = String::from_utf8(output.stdout).context("cargo's messages are not UTF-8")?;
    let mut executables = Vec::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).context("a message of cargo is no JSON")?;
        executables.extend(test_executable(&message, packages));
    }
    Ok(executables)
}

fn test_executable<'a>(
    message: &Value,
    packages: &[&'a Package],
) -> Option<(&'a Package, PathBuf)> {
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
    let package = packages.iter().find(|package| package.folder == folder)?;
    Some((package, message["executable"].as_str()?.into()))
}

fn list(package: &Package, executable: &Path) -> Result<Vec<Simulation>> {
    let output = Command::new(executable)
        .args(["--list", "--format", "terse"])
        .current_dir(&package.folder)
        .output()
        .with_context(|| format!("cannot start {}", executable.display()))?;
    if !output.status.success() {
        bail!(
            "{} does not list its tests: {}",
            executable.display(),
            output.status
        );
    }
    let tests = String::from_utf8_lossy(&output.stdout);
    let paths = tests.lines().filter_map(|line| line.strip_suffix(": test"));
    let simulation = |path: &str| Simulation {
        name: format!("{}::{path}", package.name),
        path: path.to_owned(),
        executable: executable.to_owned(),
        folder: package.folder.clone(),
    };
    Ok(paths
        .filter(|path| path.ends_with(SUFFIX))
        .map(simulation)
        .collect())
}
