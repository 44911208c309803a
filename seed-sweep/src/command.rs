//! What can be asked of a sweep, and nothing of how it is done.

use std::ffi::OsString;
use std::num::NonZero;

use clap::{Args, CommandFactory, FromArgMatches, Parser};

use crate::seeds::{SeedRange, parse_seed};

/// Run the workspace's simulations over a range of seeds on all cores
#[derive(Debug, Parser)]
pub(crate) struct Command {
    #[command(flatten)]
    pub(crate) sweep: Choice,
}

/// Which simulations are run, over which seeds.
#[derive(Debug, Args)]
pub(crate) struct Choice {
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
    pub(crate) fn range(&self) -> SeedRange {
        self.seed.map_or(self.seeds, SeedRange::one)
    }
}
