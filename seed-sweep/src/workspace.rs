//! The workspace as `cargo metadata` describes it: its packages, which of them use the simulator, and
//! where what is built lies.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

const SIMULATOR: &str = "runtime-deterministic";

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
    /// What `[workspace.metadata.seed-sweep] default` names: the packages that a sweep without a filter runs.
    pub(crate) default: Option<Vec<String>>,
}

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder of its manifest.
    pub(crate) folder: PathBuf,
    pub(crate) uses_simulator: bool,
}

/// The cargo that runs this sweep, so that a chosen toolchain stays chosen.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

impl Workspace {
    /// The workspace around the current directory.
    pub(crate) fn load() -> Result<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .context("cannot start cargo metadata")?;
        if !output.status.success() {
            bail!(
                "cargo metadata failed:\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let metadata: Value =
            serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")?;
        Self::parse(&metadata).context("cargo metadata lacks a field that the sweep needs")
    }

    fn parse(metadata: &Value) -> Option<Self> {
        let packages = metadata["packages"].as_array()?;
        Some(Self {
            target: metadata["target_directory"].as_str()?.into(),
            packages: packages.iter().map(Package::parse).collect::<Option<_>>()?,
            default: names(&metadata["metadata"]["seed-sweep"]["default"]),
        })
    }
}

fn names(list: &Value) -> Option<Vec<String>> {
    let names = list.as_array()?.iter();
    names.map(|name| Some(name.as_str()?.to_owned())).collect()
}

impl Package {
    fn parse(package: &Value) -> Option<Self> {
        let manifest = PathBuf::from(package["manifest_path"].as_str()?);
        let dependencies = package["dependencies"].as_array()?;
        Some(Self {
            name: package["name"].as_str()?.to_owned(),
            folder: manifest.parent()?.to_owned(),
            uses_simulator: dependencies
                .iter()
                .any(|dependency| dependency["name"] == SIMULATOR),
        })
    }
}
