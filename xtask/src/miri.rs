//! `cargo xtask miri`: the tests that reach the simulator's unsafe code, interpreted by Miri, which sees
//! a broken rule of the language also where it does no harm yet.
//!
//! Knows which tests those are, not what they test.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Miri comes with nightly toolchains alone. Of its flags none is needed: the tests ask nothing of the
/// machine.
const MIRI: &[&str] = &["run", "nightly", "cargo", "miri"];

/// Between them they reach the unsafe code of `task/split.rs` and `task/waker.rs`, but for the prefetch,
/// which Miri does not know, and for two branches that a race alone takes, which the models see. Others
/// would take hours.
const TESTS: &[&[&str]] = &[
    &["--lib", "--", "task::"],
    &[
        "--test",
        "it",
        "--",
        "--skip",
        "ecosystem::",
        "tasks::",
        "threads::",
    ],
];

pub(crate) fn run() -> Result<ExitCode> {
    let root = Workspace::load()?.root;
    if !is_installed() {
        bail!(
            "Miri is not installed; it comes with a nightly toolchain: \
             rustup toolchain install nightly --component miri,rust-src"
        );
    }
    for tests in TESTS {
        let test = ["test", "--locked", "--package", "runtime-deterministic"];
        let arguments: Vec<&str> = [MIRI, &test, tests].concat();
        println!("==> rustup {}", arguments.join(" "));
        let ended = Command::new("rustup")
            .args(arguments)
            .current_dir(&root)
            .status()
            .context("cannot start rustup")?;
        if !ended.success() {
            return Ok(ExitCode::FAILURE);
        }
    }
    println!("miri: no rule was seen broken");
    Ok(ExitCode::SUCCESS)
}

fn is_installed() -> bool {
    let version = Command::new("rustup")
        .args(MIRI)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}
