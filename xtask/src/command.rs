//! What can be asked of `cargo xtask`, and nothing of how it is done.

use std::num::NonZero;

use clap::{Args, Parser, Subcommand};

use crate::sweep::seeds::{SeedRange, parse_seed};

/// The tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Command {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Everything that a change must pass: format, lints, docs, tests, tidy, README, a short sweep
    Ci,
    /// Check the rules of this code base that the compiler does not know
    Tidy,
    /// Run the commands that README.md shows and compare what they print
    Readme,
    /// Plant the bugs of the example store, one after the other: a sweep must find and replay each
    Planted(Planted),
    /// Run the workspace's simulations over a range of seeds on all cores
    SeedSweep(SeedSweep),
}

#[derive(Debug, Args)]
pub(crate) struct Planted {
    /// Plant the bugs whose names contain this text
    #[arg(value_name = "TEXT", default_value = "")]
    pub(crate) filter: String,
}

#[derive(Debug, Args)]
pub(crate) struct SeedSweep {
    /// The seeds to run, the last one excluded
    #[arg(long, value_name = "A..B", default_value = "0..1000")]
    pub(crate) seeds: SeedRange,

    /// Run this seed only (decimal, or hexadecimal after 0x)
    #[arg(long, value_name = "N", conflicts_with = "seeds", value_parser = parse_seed)]
    pub(crate) seed: Option<u64>,

    /// Run the simulations whose `package::test path` contains this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) filter: String,

    /// How many seeds to run at once; all cores by default
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZero<usize>>,
}

impl SeedSweep {
    pub(crate) fn range(&self) -> SeedRange {
        self.seed.map_or(self.seeds, SeedRange::one)
    }
}
