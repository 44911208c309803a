//! `cargo xtask planted`: the bugs in `examples/store/bugs` are found by a sweep, and replayed.
//!
//! Each patch is applied to a copy of the tracked files, which is then swept. Knows nothing of the bugs
//! but their patches.

mod copy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use copy::Copy;

const BUGS: &str = "examples/store/bugs";
/// The seeds in which a bug must be found. Few at first: those of a bug that shows in each may take long.
const SEEDS: [&str; 3] = ["0..4", "4..100", "100..1000"];
const REPLAY: &str = "replay: cargo xtask ";

/// Plants the bugs whose names contain `filter`, one after the other.
pub(crate) fn run(filter: &str) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let bugs = bugs(&workspace.root.join(BUGS), filter)?;
    // Not the checkout's own target folder: cargo would take its packages for the copy's.
    let (folder, target) = (
        workspace.target.join("planted"),
        workspace.target.join("planted-target"),
    );
    let copy = Copy::make(&workspace.root, folder)?;
    let mut missed = 0;
    for bug in &bugs {
        let name = bug.file_stem().unwrap_or_default().to_string_lossy();
        copy.restore()?;
        copy.apply(bug)?;
        match find(&copy.folder, &target)? {
            Verdict::Found { seeds, cause, line } => {
                println!("{name}: found in {seeds}\n  {cause}\n  replayed by {line}");
            }
            Verdict::Missed(why) => {
                missed += 1;
                println!("{name}: {why}");
            }
        }
    }
    println!(
        "planted: {} of {} bugs are found and replayed",
        bugs.len() - missed,
        bugs.len()
    );
    Ok(if missed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn bugs(folder: &Path, filter: &str) -> Result<Vec<PathBuf>> {
    let entries = folder
        .read_dir()
        .with_context(|| format!("cannot list {BUGS}"))?;
    let paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    let wanted = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "patch")
            && path
                .file_stem()
                .is_some_and(|name| name.to_string_lossy().contains(filter))
    };
    let mut bugs: Vec<_> = paths.into_iter().filter(wanted).collect();
    if bugs.is_empty() {
        bail!("no patch in {BUGS} has {filter:?} in its name");
    }
    bugs.sort();
    Ok(bugs)
}

enum Verdict {
    Found {
        seeds: String,
        cause: String,
        line: String,
    },
    Missed(String),
}

/// Sweeps the copy, then runs the line that the sweep printed: both must fail, for the same cause.
fn find(folder: &Path, target: &Path) -> Result<Verdict> {
    let mut printed = String::new();
    let mut found = None;
    for seeds in SEEDS {
        // Fresh: what failed of one bug says nothing about the next.
        let sweep = [
            "seed-sweep",
            "--fresh",
            "--seeds",
            seeds,
            "--filter",
            "store::",
        ];
        let sweep = xtask(folder, target, &sweep)?;
        found = Finding::of(&sweep);
        printed.push_str(&sweep.text);
        if found.is_some() || sweep.code != Some(0) {
            break;
        }
    }
    let Some(found) = found else {
        return Ok(Verdict::Missed(format!("not found:\n{printed}")));
    };
    let arguments: Vec<&str> = found.line.split(' ').skip(2).collect();
    let replay = xtask(folder, target, &arguments)?;
    match Finding::of(&replay) {
        Some(again) if again.cause == found.cause => {
            let Finding { seeds, cause, line } = found;
            Ok(Verdict::Found { seeds, cause, line })
        }
        _ => Ok(Verdict::Missed(format!(
            "found, but {} does not show {}:\n{}",
            found.line, found.cause, replay.text
        ))),
    }
}

struct Printed {
    code: Option<i32>,
    text: String,
}

/// This program, in the copy.
fn xtask(folder: &Path, target: &Path, arguments: &[&str]) -> Result<Printed> {
    let this = env::current_exe().context("cannot find the running xtask")?;
    let output = Command::new(this)
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .context("cannot start the sweep")?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.code() != Some(1) {
        text.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    Ok(Printed {
        code: output.status.code(),
        text,
    })
}

/// The first cause that a sweep printed.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    seeds: String,
    cause: String,
    line: String,
}

impl Finding {
    /// `None` unless the sweep failed as a sweep that found something does.
    fn of(printed: &Printed) -> Option<Self> {
        let mut lines = printed.text.lines();
        let (_, seeds) = lines
            .find(|line| line.starts_with("1. "))?
            .split_once("simulation: ")?;
        let cause = lines.next()?.trim();
        let line = lines.find_map(|line| line.strip_prefix(REPLAY))?;
        (printed.code == Some(1)).then(|| Self {
            seeds: seeds.into(),
            cause: cause.into(),
            line: format!("cargo xtask {line}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Printed};

    const TEXT: &str = "\
1. store::puts::simulation: 80 seeds, the least 3
   sim/main.rs:1:2: lost
---- simulation failed
replay: cargo xtask seed-sweep --seed 3 --filter store::puts::simulation
";

    #[test]
    fn the_first_cause_is_the_finding() {
        let printed = Printed {
            code: Some(1),
            text: TEXT.into(),
        };
        let line = "cargo xtask seed-sweep --seed 3 --filter store::puts::simulation".into();
        let (seeds, cause) = (
            "80 seeds, the least 3".into(),
            "sim/main.rs:1:2: lost".into(),
        );
        assert_eq!(Finding::of(&printed), Some(Finding { seeds, cause, line }));
    }

    #[test]
    fn a_sweep_that_could_not_run_finds_nothing() {
        assert_eq!(
            Finding::of(&Printed {
                code: Some(2),
                text: TEXT.into()
            }),
            None
        );
        assert_eq!(
            Finding::of(&Printed {
                code: Some(0),
                text: "all passed".into()
            }),
            None
        );
    }
}
