//! A small workspace in which a task is run as it is called.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const ROOT: &str = r#"[workspace]
resolver = "3"
members = ["shop"]
"#;

const SHOP: &str = r#"[package]
name = "shop"
version = "0.1.0"
edition = "2024"
"#;

pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let scratch = Self {
            folder: TempDir::new().unwrap(),
        };
        scratch.write("Cargo.toml", ROOT);
        scratch.write("shop/Cargo.toml", SHOP);
        scratch.write("shop/src/lib.rs", "//! A shop.\n");
        scratch
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs a line that begins with `cargo xtask`, as pasted in a shell.
    pub(crate) fn paste(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// The command of such a line.
    pub(crate) fn command(&self, line: &str) -> Command {
        let arguments = line
            .strip_prefix("cargo xtask ")
            .expect("the line calls cargo xtask");
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments.split(' '))
            .current_dir(self.folder.path().join("shop"))
            .env("CARGO_TARGET_DIR", self.folder.path().join("target"))
            .env("CARGO_NET_OFFLINE", "true");
        command
    }

    /// The line cannot run, and standard error says why.
    pub(crate) fn refuses(&self, line: &str, why: &str) {
        let output = self.paste(line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {stderr}");
        assert!(stderr.contains(why), "{line}: {stderr}");
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
