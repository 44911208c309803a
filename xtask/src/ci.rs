//! `cargo xtask ci`: the checks that a change must pass, in order, the first failure last.
//!
//! Knows which commands make up the checks, not what any of them does.

mod counts;

use std::env;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::workspace::{Workspace, cargo};
use counts::Counts;

/// One check: its command line after `cargo`, and what it needs in the environment.
struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const fn step(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step {
        name,
        arguments,
        environment: &[],
    }
}

const TESTS: &str = "tests";
const MODELS: &str = "loom models";

/// The steps whose tests are counted.
const COUNTED: &[&str] = &[TESTS, MODELS];

const STEPS: &[Step] = &[
    step("format", &["fmt", "--all", "--check"]),
    step(
        "lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    step(
        "format of the benchmarks",
        &[
            "fmt",
            "--manifest-path",
            "benchmarks/Cargo.toml",
            "--all",
            "--check",
        ],
    ),
    // Of the peers' not commonware's, which compiles C for minutes, and not madsim's, which build with
    // flags of their own: whoever runs them sees what does not build.
    step(
        "lints of the benchmarks",
        &[
            "clippy",
            "--locked",
            "--manifest-path",
            "benchmarks/Cargo.toml",
            "--target-dir",
            "target/benchmarks",
            "--package",
            "benchmarks",
            "--package",
            "work",
            "--package",
            "bench-ours",
            "--package",
            "bench-tokio",
            "--package",
            "bench-bach",
            "--package",
            "bench-moonpool",
            "--package",
            "bench-turmoil",
            "--package",
            "search-ours",
            "--package",
            "search-turmoil",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    step(
        "tests of the benchmarks",
        &[
            "test",
            "--quiet",
            "--manifest-path",
            "benchmarks/Cargo.toml",
            "--target-dir",
            "target/benchmarks",
            "--package",
            "benchmarks",
        ],
    ),
    step(
        "no features",
        &["clippy", "-p", "runtime-io", "--", "-D", "warnings"],
    ),
    step(
        "feature tokio-1",
        &[
            "clippy",
            "-p",
            "runtime-io",
            "--features",
            "tokio-1",
            "--",
            "-D",
            "warnings",
        ],
    ),
    step(
        "feature futures-03",
        &[
            "clippy",
            "-p",
            "runtime-io",
            "--features",
            "futures-03",
            "--",
            "-D",
            "warnings",
        ],
    ),
    Step {
        name: "docs",
        arguments: &["doc", "--workspace", "--no-deps"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    step(TESTS, &["test", "--workspace", "--no-fail-fast"]),
    step(
        "third party",
        &[
            "test",
            "--quiet",
            "--manifest-path",
            "examples/pool/Cargo.toml",
        ],
    ),
    Step {
        name: MODELS,
        arguments: &[
            "test",
            "--release",
            "--target-dir",
            "target/loom",
            "--no-fail-fast",
            "--package",
            "runtime-traits",
            "--package",
            "runtime-mocks",
            "--package",
            "runtime-deterministic",
            "--package",
            "runtime-tokio",
            "--lib",
            "--test",
            "models",
            "models::",
        ],
        // Without a bound the models of three threads would take hours.
        environment: &[("RUSTFLAGS", "--cfg loom"), ("LOOM_MAX_PREEMPTIONS", "3")],
    },
    step("tidy", &["xtask", "tidy"]),
    step(
        "sweep",
        &["xtask", "seed-sweep", "--workspace", "--seeds", "0..100"],
    ),
    step("planted", &["xtask", "planted"]),
    step("readme", &["xtask", "readme"]),
    step("instructions", &["xtask", "instructions", "--optional"]),
];

pub(crate) fn run() -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let this = env::current_exe().context("cannot find the running xtask")?;
    let mut counts = Counts::default();
    let start = Instant::now();
    let mut failed = None;
    for step in STEPS {
        let begin = Instant::now();
        println!("==> {}: {}", step.name, step.line());
        let passed = step.run(&this, &workspace.root, &mut counts)?;
        println!("<== {}: {:.1} s", step.name, begin.elapsed().as_secs_f64());
        if !passed {
            failed = Some(step);
            break;
        }
    }
    match failed {
        None => println!(
            "\nevery check passed in {:.1} s",
            start.elapsed().as_secs_f64()
        ),
        Some(step) => println!("\n{} failed; to see it alone: {}", step.name, step.line()),
    }
    println!("{counts}");
    Ok(if failed.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Step {
    /// The line to paste in a shell.
    fn line(&self) -> String {
        let variables = self.environment.iter();
        let variables = variables.map(|(name, value)| format!("{name}='{value}' "));
        let words: Vec<&str> = ["cargo"].iter().chain(self.arguments).copied().collect();
        variables.collect::<String>() + &words.join(" ")
    }

    /// Runs the step, its output passing through; true when it succeeded.
    fn run(&self, this: &Path, root: &Path, counts: &mut Counts) -> Result<bool> {
        let mut command = self.command(this);
        let mut child = command
            .current_dir(root)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.line()))?;
        let output = child
            .stdout
            .take()
            .context("the step's output is not piped")?;
        let mut line = Vec::new();
        let mut output = BufReader::new(output);
        while output.read_until(b'\n', &mut line)? > 0 {
            stdout().write_all(&line)?;
            if COUNTED.contains(&self.name) {
                counts.add(&String::from_utf8_lossy(&line));
            }
            line.clear();
        }
        Ok(child.wait()?.success())
    }

    fn command(&self, this: &Path) -> Command {
        let mut command = match self.arguments {
            ["xtask", arguments @ ..] => {
                let mut command = Command::new(this);
                command.args(arguments);
                command
            }
            arguments => {
                let mut command = cargo();
                command.args(arguments);
                command
            }
        };
        command.envs(self.environment.iter().copied());
        command
    }
}
