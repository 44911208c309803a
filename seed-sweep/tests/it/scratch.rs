//! A small workspace with a package of simulations, which are written against the protocol alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const ROOT: &str = r#"[workspace]
resolver = "3"
members = ["runtime-deterministic", "shop", "ledger"]
"#;

const LIBRARY: &str = r#"[package]
name = "runtime-deterministic"
version = "0.1.0"
edition = "2024"
"#;

const SHOP: &str = r#"[package]
name = "shop"
version = "0.1.0"
edition = "2024"

[features]
winter = []

[dev-dependencies]
runtime-deterministic = { path = "../runtime-deterministic" }
"#;

/// Has no simulations, and tests that do not build: no sweep is to mind.
const LEDGER: &str = r#"[package]
name = "ledger"
version = "0.1.0"
edition = "2024"

[dependencies]
shop = { path = "../shop" }
"#;

/// Stands in for the simulator: runs `world` for each seed and reports as the sweep expects.
const SIMULATOR: &str = r#"//! A stand-in.
use std::{env, fs::OpenOptions, io::Write, process};

pub fn simulate(name: &str, world: fn(u64) -> Result<(), &'static str>) {
    assert!(env::var("SIM_SEED").is_err(), "one seed would stand before the range");
    let seeds = env::var("SIM_SEEDS").unwrap();
    let (begin, end) = seeds.split_once("..").unwrap();
    let path = env::var("SIM_REPORT").unwrap();
    let mut report = OpenOptions::new().append(true).open(path).unwrap();
    let mut failed = false;
    for seed in begin.parse::<u64>().unwrap()..end.parse().unwrap() {
        writeln!(report, "start\t{seed}").unwrap();
        match world(seed) {
            Ok(()) => writeln!(report, "ok\t{seed}\t{seed:x}\tpolls=10").unwrap(),
            Err(cause) => {
                failed = true;
                eprintln!("---- simulation failed: {name} seed {seed} ----\nthe till is short");
                eprintln!("replay\n  SIM_SEED={seed} cargo test\n---- end ----");
                writeln!(report, "failed\t{seed}\t{seed:x}\tpolls=10\t{cause}").unwrap();
            }
        }
    }
    if failed {
        process::exit(101);
    }
}
"#;

const TESTS: &str = r#"//! Simulations, and tests that are none.
mod till {
    #[test]
    fn simulation() {
        runtime_deterministic::simulate("till", |seed| match seed {
            17 | 23 => Err("src/till.rs:4:9: short"),
            40 => std::process::abort(),
            _ => Ok(()),
        });
    }
}
mod queue {
    #[test]
    #[ignore = "ignored simulations are swept too"]
    fn simulation() {
        runtime_deterministic::simulate("queue", |_| Ok(()));
    }
    #[test]
    fn simulation_of_nothing() {
        panic!("no simulation");
    }
}
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
        scratch.write("runtime-deterministic/Cargo.toml", LIBRARY);
        scratch.write("runtime-deterministic/src/lib.rs", SIMULATOR);
        scratch.write("shop/Cargo.toml", SHOP);
        scratch.write("shop/src/lib.rs", "//! A shop.\n");
        scratch.write("shop/tests/it.rs", TESTS);
        scratch.write("ledger/Cargo.toml", LEDGER);
        scratch.write("ledger/src/lib.rs", "//! A ledger.\n");
        scratch.write("ledger/tests/it.rs", "fn one() -> u8 {}\n");
        scratch
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The same with other simulations.
    pub(crate) fn with(tests: &str) -> Self {
        let scratch = Self::new();
        scratch.write("shop/tests/it.rs", tests);
        scratch
    }

    /// What lies in a file of the workspace.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(path)).ok()
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.folder.path().join(path).exists()
    }

    /// Runs a line that begins with `seed-sweep`, as pasted in a shell.
    pub(crate) fn paste(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let arguments = line
            .strip_prefix("seed-sweep")
            .expect("the line calls seed-sweep");
        let mut command = Command::new(env!("CARGO_BIN_EXE_seed-sweep"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path().join("shop"))
            .env("CARGO_TARGET_DIR", self.folder.path().join("target"))
            .env("SIM_SEED", "3")
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
