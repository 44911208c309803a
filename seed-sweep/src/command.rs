//! What can be asked of a sweep, and nothing of how it is done.

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::seeds::{SeedRange, parse_seed};
use crate::shard::Shard;

/// Run the workspace's simulations over many seeds on all cores
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(crate) struct Command {
    #[command(subcommand)]
    pub(crate) task: Option<Task>,

    #[command(flatten)]
    pub(crate) choice: Choice,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every seed passed
  1  a seed failed
  2  the sweep could not run, was interrupted, or ran no seed, and no seed failed";

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Join the reports of a sweep's shards, and judge them as one sweep
    Merge(Merge),
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// Reports that `--report` wrote
    #[arg(required = true, value_name = "REPORT")]
    pub(crate) reports: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) files: Files,
}

/// Which simulations are run, over which seeds, within which limits.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// The seeds to run, B excluded; or A..+N: N seeds from A on [default: 0..1000]
    #[arg(long, value_name = "A..B")]
    pub(crate) seeds: Option<SeedRange>,

    /// Run this seed only (decimal, or hexadecimal after 0x)
    #[arg(long, value_name = "N", conflicts_with_all = ["seeds", "shard", "minutes"], value_parser = parse_seed)]
    pub(crate) seed: Option<u64>,

    /// Stop after so many minutes; without --seeds, run from seed 0 on for that long
    #[arg(long, value_name = "M", value_parser = minutes)]
    pub(crate) minutes: Option<f64>,

    /// Run the simulations whose `package::test path` contains this text
    ///
    /// A text that begins with the name of a package and `::` builds and runs that package only.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) filter: String,

    /// Run all of the workspace, not only the packages that its Cargo.toml names for a sweep without a filter
    #[arg(long)]
    pub(crate) workspace: bool,

    /// Build with these features of the packages, separated by commas, as `cargo test --features` does
    #[arg(long, value_name = "FEATURES")]
    pub(crate) features: Option<String>,

    /// How many processes to run at once [default: all cores]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZero<usize>>,

    /// Run the K-th of N equal parts of the seeds, the first being 1/N
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<Shard>,

    /// How many seeds a process runs; 1 for a process each [default: 5 to 200]
    #[arg(long, value_name = "N")]
    pub(crate) chunk: Option<NonZero<u64>>,

    /// Begin no more seeds of a simulation after N of its seeds have failed [default: run all]
    #[arg(long, value_name = "N")]
    pub(crate) max_failures: Option<NonZero<u64>>,

    /// Kill a process that ends no seed for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = Choice::PATIENCE)]
    pub(crate) patience: NonZero<u64>,

    /// How much memory a process may use; 0 for no limit
    #[arg(long, value_name = "MIB", default_value_t = Choice::MEMORY)]
    pub(crate) memory: u64,

    /// Do not try first, nor keep, the seeds that failed
    #[arg(long)]
    pub(crate) fresh: bool,

    #[command(flatten)]
    pub(crate) files: Files,
}

/// What is written for other programs.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Write a report as JSON, which `merge` reads
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Write a report as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}

impl Command {
    /// Reads what follows `line`, which is how the sweep is called.
    pub(crate) fn read(
        line: &'static str,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let command = Self::command()
            .no_binary_name(true)
            .name(line)
            .bin_name(line);
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }
}

impl Choice {
    const PATIENCE: NonZero<u64> = NonZero::new(60).unwrap();
    const MEMORY: u64 = 4096;

    /// The seeds of all shards.
    pub(crate) fn range(&self) -> SeedRange {
        match (self.seed, self.seeds, self.minutes) {
            (Some(seed), ..) => SeedRange::one(seed),
            (None, Some(seeds), _) => seeds,
            (None, None, Some(_)) => SeedRange::endless(),
            (None, None, None) => SeedRange::thousand(),
        }
    }

    /// How to call a sweep whose seeds end as those of this one did.
    pub(crate) fn line(&self, line: &str) -> String {
        let mut line = line.to_owned();
        if let Some(features) = &self.features {
            // Cargo takes spaces for commas; a line to paste would need quotes.
            let names: Vec<&str> = features.split_whitespace().collect();
            line += &format!(" --features {}", names.join(","));
        }
        if self.patience != Self::PATIENCE {
            line += &format!(" --patience {}", self.patience);
        }
        if self.memory != Self::MEMORY {
            line += &format!(" --memory {}", self.memory);
        }
        line
    }
}

fn minutes(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|minutes: &f64| *minutes > 0.0 && *minutes <= 1e6)
        .ok_or_else(|| format!("'{text}' is no number of minutes above 0, as in 10 or 0.5"))
}
