//! What can be asked of `cargo xtask`, and nothing of how it is done.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand};

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
    /// Print the contract's rules, which are the clauses of the conformance suite in words
    Contract(Contract),
    /// Run the commands that README.md shows and compare what they print
    Readme,
    /// Count the instructions of the simulator's operations under valgrind and compare with those kept
    Instructions(Instructions),
    /// Interpret the tests that reach unsafe code with Miri, which a nightly toolchain has
    Miri,
    /// Plant the bugs of the example store, one after the other: a sweep must find and replay each
    Planted(Planted),
    /// Check that what a tag names can be published: its version, its changes, its packages
    Release(Release),
    /// Run the workspace's simulations over a range of seeds on all cores
    #[command(disable_help_flag = true)]
    SeedSweep(SeedSweep),
}

#[derive(Debug, Args)]
pub(crate) struct Contract {
    /// Write them into runtime-conformance/CONTRACT.md instead
    #[arg(long)]
    pub(crate) write: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Instructions {
    /// Keep them in benchmarks/instructions.txt instead
    #[arg(long)]
    pub(crate) write: bool,
    /// Do nothing, and say so, where valgrind is not installed
    #[arg(long)]
    pub(crate) optional: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Planted {
    /// Plant the bugs whose names contain this text
    #[arg(value_name = "TEXT", default_value = "")]
    pub(crate) filter: String,
}

#[derive(Debug, Args)]
pub(crate) struct Release {
    /// The tag of the version, as v1.2.3
    #[arg(value_name = "TAG")]
    pub(crate) tag: String,
}

/// Handed on as they are: what they mean is said there.
#[derive(Debug, Args)]
pub(crate) struct SeedSweep {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}
