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

mod alone;
mod bound;
mod cause;
mod child;
mod command;
mod junit;
mod known;
mod merge;
mod outcome;
mod plan;
mod progress;
mod protocol;
mod report;
mod sample;
mod seeds;
mod shard;
mod simulation;
mod stop;
mod summary;
mod sweep;
#[cfg(test)]
mod tests;
mod workspace;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, Write, stdout};
use std::num::NonZero;
use std::process::{self, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use child::Limits;
use command::{Choice, Command, Files, Task};
use known::Known;
use report::{Part, Report};
use shard::Shard;
use simulation::Simulation;
use stop::Stop;
use sweep::{Found, Sweep};
use workspace::Workspace;

/// Sweeps the workspace around the current directory as `arguments` say, and prints what was found.
///
/// `line` is how a user calls the sweep, as in `cargo xtask seed-sweep`; the lines that replay a failure
/// begin with it. `arguments` are what follows. `--help` tells them all. Simulations also heed `SIM_FAULTS`
/// and `SIM_SCHEDULE` of the environment, which then stand in front of those lines.
///
/// The exit code is 0 when every seed passed, 1 when any failed, and 2 when none failed and the sweep could
/// not run, was interrupted, or ran no seed; why is printed to standard error. A Ctrl-C or SIGTERM ends the
/// sweep with what is known by then; a second one ends the process at once, with exit code 2.
pub fn main(line: &'static str, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = match Command::read(line, arguments) {
        Ok(command) => run(&with_environment(line), &command),
        Err(error) => error.exit(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("seed-sweep: {error:#}");
        ExitCode::from(2)
    })
}

/// The line under what the environment says of faults and of the schedule: the simulations have it from
/// there too.
fn with_environment(line: &str) -> String {
    let named = ["SIM_FAULTS", "SIM_SCHEDULE"].map(|name| (name, env::var(name)));
    let said = named
        .iter()
        .filter_map(|(name, text)| Some(format!("{name}='{}' ", text.as_ref().ok()?)));
    said.chain([line.to_owned()]).collect()
}

fn run(line: &str, command: &Command) -> Result<ExitCode> {
    let (report, files) = match &command.task {
        Some(Task::Merge(arguments)) => (merge::merge(&arguments.reports)?, &arguments.files),
        None => (sweep(line, &command.choice)?, &command.choice.files),
    };
    write_files(&report, files)?;
    writeln!(stdout(), "{report}").context("cannot print the result")?;
    if command.task.is_some()
        && report.causes.is_empty()
        && let Some(part) = report.missing().first()
    {
        bail!("{part} is missing among the reports");
    }
    judge(&report)
}

/// Finds the simulations, sweeps them, and keeps the seeds that failed.
fn sweep(line: &str, choice: &Choice) -> Result<Report> {
    let whole = choice.range().range();
    let part = Part {
        begin: whole.start,
        end: whole.end,
        shard: choice.shard.unwrap_or(Shard::WHOLE),
    };
    let seeds = part.seeds();
    ensure!(
        !seeds.is_empty(),
        "{part} holds no seed: use more seeds or fewer shards"
    );
    let workspace = Workspace::load()?;
    let simulations = simulation::discover(&workspace, choice)?;
    let folder = workspace.target.join("seed-sweep");
    let known =
        (!choice.fresh && choice.seed.is_none()).then(|| Known::load(&folder.join("failing.txt")));
    let jobs = choice
        .jobs
        .map_or_else(thread::available_parallelism, Ok)
        .unwrap_or(NonZero::<usize>::MIN);
    let of = |simulation: &Simulation| {
        let mut seeds_known = known
            .as_ref()
            .map(|known| known.of(&simulation.name))
            .unwrap_or_default();
        // Another machine's seeds are that machine's.
        seeds_known.retain(|seed| choice.shard.is_none() || seeds.contains(seed));
        seeds_known
    };
    let sweep = Sweep {
        known: simulations.iter().map(of).collect::<Vec<BTreeSet<u64>>>(),
        simulations,
        part,
        jobs: jobs.get(),
        chunk: choice.chunk.map(NonZero::get),
        max_failures: choice.max_failures,
        limits: Limits {
            patience: Duration::from_secs(choice.patience.get()),
            memory: Some(choice.memory).filter(|memory| *memory > 0),
        },
        stop: Stop::on_signals(choice.minutes.map(deadline))?,
        folder: folder.join(process::id().to_string()),
        line: choice.line(line),
    };
    let Found { report, mended } = sweep.run()?;
    if let Some(known) = known {
        let passed = mended
            .iter()
            .map(|(simulation, seed)| (sweep.simulations[*simulation].name.as_str(), *seed));
        let failed = report.causes.iter().flat_map(|cause| {
            cause
                .seeds
                .iter()
                .map(|seed| (cause.simulation.as_str(), *seed))
        });
        known.save(passed, failed)?;
    }
    Ok(report)
}

fn deadline(minutes: f64) -> Instant {
    Instant::now() + Duration::from_secs_f64(minutes * 60.0)
}

fn write_files(report: &Report, files: &Files) -> Result<()> {
    if let Some(path) = &files.report {
        let text = serde_json::to_string_pretty(report).context("cannot form the report")?;
        fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = &files.junit {
        let file = File::create(path).map(BufWriter::new);
        file.and_then(|file| junit::write(report, file))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The exit code; an error where the report lets nobody say that all passed.
fn judge(report: &Report) -> Result<ExitCode> {
    if !report.causes.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    ensure!(!report.interrupted, "interrupted before all was run");
    for (name, totals) in &report.simulations {
        ensure!(
            totals.seeds > 0,
            "no seed of {name} came to its end; give the sweep more time"
        );
    }
    Ok(ExitCode::SUCCESS)
}
