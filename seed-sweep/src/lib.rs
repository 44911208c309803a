//! The simulations of a cargo workspace over many seeds: found, built once, run on all cores in processes of
//! their own; failures grouped by cause, each with the line that replays it.
//!
//! A simulation is a test whose path ends in `::simulation`, which is how `#[simulate]` of
//! `runtime-deterministic` names one. A package `xtask` that depends on this crate and has the alias
//! `xtask = "run --quiet --package xtask --"` in `.cargo/config.toml` sweeps its workspace with
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     seed_sweep::main("cargo xtask seed-sweep", std::env::args_os().skip(2))
//! }
//! ```
//!
//! The crate knows the simulator by the name of its package and by what a test writes to the file that
//! `SIM_REPORT` names, and depends on neither it nor the traits.
#![forbid(unsafe_code)]

mod cause;
mod child;
mod command;
mod outcome;
mod plan;
mod progress;
mod protocol;
mod seeds;
mod simulation;
mod sweep;
mod tally;
#[cfg(test)]
mod tests;
mod workspace;

use std::ffi::OsString;
use std::io::{Write, stdout};
use std::num::NonZero;
use std::process::{self, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use command::{Choice, Command};
use sweep::Sweep;
use workspace::Workspace;

/// A seed that shows no sign of life for this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sweeps the workspace around the current directory as `arguments` say, and prints what was found.
///
/// `line` is how a user calls the sweep, as in `cargo xtask seed-sweep`; the lines that replay a failure
/// begin with it. `arguments` are what follows. `--help` tells them all.
///
/// The exit code is 0 when every seed passed, 1 when any failed, 2 when the sweep could not run.
pub fn main(line: &'static str, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = match Command::read(line, arguments) {
        Ok(command) => run(line, &command.sweep),
        Err(error) => error.exit(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("seed-sweep: {error:#}");
        ExitCode::from(2)
    })
}

fn run(line: &'static str, choice: &Choice) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let simulations = simulation::discover(&workspace, &choice.filter)?;
    let jobs = choice
        .jobs
        .map_or_else(thread::available_parallelism, Ok)
        .unwrap_or(NonZero::<usize>::MIN);
    let sweep = Sweep {
        simulations,
        seeds: choice.range().range(),
        jobs: jobs.get(),
        patience: PATIENCE,
        folder: workspace
            .target
            .join("seed-sweep")
            .join(process::id().to_string()),
        line,
    };
    let begin = Instant::now();
    let tally = sweep.run()?;
    writeln!(stdout(), "{}", tally.show(begin.elapsed())).context("cannot print the result")?;
    Ok(if tally.any_failed() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
