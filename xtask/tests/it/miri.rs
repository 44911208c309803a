//! `cargo xtask miri` where Miri is missing, passes, or finds something: a script stands in for rustup.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use crate::scratch::{Scratch, stdout};

/// Runs the task where rustup is this script.
fn with_rustup(script: &str) -> Output {
    let scratch = Scratch::new();
    scratch.write("bin/rustup", &format!("#!/bin/sh\n{script}\n"));
    let folder = scratch.folder().join("bin");
    fs::set_permissions(folder.join("rustup"), Permissions::from_mode(0o755)).unwrap();
    let before = env::var_os("PATH").unwrap();
    let folders = [folder].into_iter().chain(env::split_paths(&before));
    let mut command = scratch.command("cargo xtask miri");
    let command = command.env("PATH", env::join_paths(folders).unwrap());
    command.output().unwrap()
}

#[test]
fn where_miri_is_missing_it_says_what_to_install() {
    let output = with_rustup("exit 1");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    let how = "rustup toolchain install nightly --component miri,rust-src";
    assert!(stderr.contains(how), "{stderr}");
}

/// What is run, in order.
const LINES: [&str; 2] = [
    "run nightly cargo miri test --locked --package runtime-deterministic --lib -- task::",
    "run nightly cargo miri test --locked --package runtime-deterministic --test it -- --skip ecosystem:: tasks:: threads::",
];

#[test]
fn the_tests_that_reach_unsafe_code_are_interpreted() {
    let output = with_rustup("case \"$*\" in *test*) echo \"ran $*\";; esac");
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    let ran: Vec<_> = shown
        .lines()
        .filter_map(|line| line.strip_prefix("ran "))
        .collect();
    assert_eq!(ran, LINES);
    assert!(
        shown.ends_with("miri: no rule was seen broken\n"),
        "{shown}"
    );
}

#[test]
fn the_first_that_miri_refuses_is_the_last() {
    let output = with_rustup("case \"$*\" in *test*) exit 1;; esac");
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert_eq!(shown, format!("==> rustup {}\n", LINES[0]));
}
