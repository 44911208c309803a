//! How many seeds, and how much time, until a planted mistake shows: with ours, with madsim, with turmoil.
//!
//! The store of `examples/store` runs on all three, line by line the same, with the same mistakes, which are
//! patches, and the same test; what lies between it and a peer is in `search`. Each mistake is planted in a
//! copy of the tracked files.

#[path = "../../xtask/src/planted/copy.rs"]
mod copy;
mod mistakes;

use crate::{
    Options, marked,
    programs::{self, Runtime},
};
use anyhow::{Context, Result, bail};
use copy::Copy;
use mistakes::MISTAKES;
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::Command,
};

const COMMAND: &str = "cargo run --release --manifest-path benchmarks/Cargo.toml -- search";
/// No more seeds than these, no more of them that fail, and no more seconds of CPU time.
const LIMITS: [&str; 3] = ["1000", "5", "60"];

/// A test on a simulator: its program, and which of its tests.
struct Seeker {
    column: &'static str,
    program: &'static Runtime,
    test: &'static str,
}

const SEEKERS: &[Seeker] = &[
    Seeker {
        column: "ours",
        program: &programs::SEARCHES[0],
        test: "survival",
    },
    Seeker {
        column: "ours, faults drawn",
        program: &programs::SEARCHES[0],
        test: "swarm",
    },
    Seeker {
        column: "madsim",
        program: &programs::SEARCHES[1],
        test: "survival",
    },
    Seeker {
        column: "turmoil",
        program: &programs::SEARCHES[2],
        test: "survival",
    },
];

/// What a search came to.
#[derive(Debug, PartialEq)]
enum Finding {
    /// On average, for one seed that fails.
    Found {
        seeds: f64,
        seconds: f64,
    },
    Not {
        seeds: u64,
        seconds: f64,
    },
    Failed(String),
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let root = programs::folder().join("..");
    let target = programs::target()?.join("search");
    let copy = Copy::make(&root, target.join("copy"))?;
    let mut text = String::from("\n| mistake | |");
    for seeker in SEEKERS {
        write!(text, " {} |", seeker.column)?;
    }
    writeln!(text, "\n|---|---|{}", "---:|".repeat(SEEKERS.len()))?;
    for mistake in MISTAKES
        .iter()
        .filter(|mistake| mistake.name.contains(&options.only))
    {
        copy.restore()?;
        if !mistake.name.is_empty() {
            let patch = format!("examples/store/bugs/{}.patch", mistake.name);
            copy.apply(&root.join(patch))?;
        }
        let built = build(&copy.folder, &target)?;
        let name = if mistake.name.is_empty() {
            "none"
        } else {
            mistake.name
        };
        write!(text, "| {name} | {} |", mistake.what)?;
        for seeker in SEEKERS {
            eprintln!("{name}: {}", seeker.column);
            let finding = seeker.seek(&built)?;
            write!(text, " {} |", finding.words())?;
        }
        text.push('\n');
        eprintln!("{text}");
    }
    let [seeds, failures, _] = LIMITS;
    writeln!(
        text,
        "\nSeeds and seconds of CPU time for one that fails, on average over the first {failures} of at most {seeds} seeds, \
         in cargo's release profile. On {}.",
        programs::machine()?
    )?;
    println!("{text}");
    if !options.only.is_empty() {
        return Ok(());
    }
    if options.write {
        marked::write(&programs::folder().join("README.md"), COMMAND, &text)?;
        println!("benchmarks/README.md has it now");
    }
    Ok(())
}

/// The programs of the copy, each with its runtime's name.
fn build(copy: &Path, target: &Path) -> Result<Vec<(&'static str, Result<PathBuf, String>)>> {
    let manifest = copy.join("benchmarks/Cargo.toml");
    let build = |program: &'static Runtime| {
        let path = program.build(&manifest, target, "search")?;
        Ok((program.name, path))
    };
    programs::SEARCHES.iter().map(build).collect()
}

impl Seeker {
    fn seek(&self, built: &[(&str, Result<PathBuf, String>)]) -> Result<Finding> {
        let (_, path) = built
            .iter()
            .find(|(name, _)| *name == self.program.name)
            .context("every program was built or was not")?;
        let path = match path {
            Ok(path) => path,
            Err(error) => return Ok(Finding::Failed(error.clone())),
        };
        let output = Command::new(path)
            .args(LIMITS)
            .env("SEARCH", self.test)
            .output()
            .with_context(|| format!("cannot start {}", path.display()))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        for line in printed.lines() {
            eprintln!("  {line}");
        }
        match Finding::parse(&printed) {
            Some(finding) => Ok(finding),
            None => bail!("{} was cut short: {}", path.display(), output.status),
        }
    }
}

impl Finding {
    fn parse(printed: &str) -> Option<Self> {
        let failed = printed.lines().filter(|line| line.starts_with("failed: "));
        let failures = failed.count() as f64;
        let last = printed
            .lines()
            .find_map(|line| line.strip_prefix("searched: "))?;
        let (seeds, nanoseconds) = last.split_once(' ')?;
        let seeds: u64 = seeds.parse().ok()?;
        let seconds = nanoseconds.parse::<f64>().ok()? / 1e9;
        Some(match failures {
            0.0 => Self::Not { seeds, seconds },
            _ => Self::Found {
                seeds: seeds as f64 / failures,
                seconds: seconds / failures,
            },
        })
    }

    fn words(&self) -> String {
        match self {
            Self::Found { seeds, seconds } => format!("**{seeds:.0}**, {seconds:.2} s"),
            Self::Not { seeds, seconds } => format!("not in {seeds}, {seconds:.0} s"),
            Self::Failed(why) => why.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Finding;

    #[test]
    fn findings_are_averages() {
        let printed =
            "failed: 3 1000000000 lost\nfailed: 19 3000000000 lost\nsearched: 20 4000000000\n";
        let found = Finding::Found {
            seeds: 10.0,
            seconds: 2.0,
        };
        assert_eq!(Finding::parse(printed), Some(found));
        let not = Finding::Not {
            seeds: 1000,
            seconds: 12.5,
        };
        assert_eq!(Finding::parse("searched: 1000 12500000000\n"), Some(not));
        assert_eq!(Finding::parse("failed: 3 1000000000 lost\n"), None);
    }
}
