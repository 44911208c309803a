//! The simulator beside its peers, on the same work.
//!
//! `cargo run --release --manifest-path benchmarks/Cargo.toml` measures and writes the table of README.md.
//! This file only chooses what is measured.
#![forbid(unsafe_code)]

mod flat;
mod marked;
mod programs;
mod speed;

use anyhow::{Result, bail};
use std::{env, process::ExitCode};

const USAGE: &str = "\
usage: cargo run --release --manifest-path benchmarks/Cargo.toml -- [TASK] [--rounds N] [--dry]

  speed   every workload on every runtime, alternating; writes the table of README.md (the default)
  flat    ours from few to many: tasks, hosts, MiB; writes flat.svg and the table of benchmarks/README.md

  --rounds N   of which the least counts (5)
  --dry        print, and write nothing";

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benchmarks: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let (mut task, mut rounds, mut write): (fn(u64, bool) -> _, _, _) = (speed::run, 5, true);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "speed" => task = speed::run,
            "flat" => task = flat::run,
            "--dry" => write = false,
            "--rounds" => match arguments.next().map(|number| number.parse()) {
                Some(Ok(number @ 1..)) => rounds = number,
                _ => bail!("--rounds needs a number above 0\n{USAGE}"),
            },
            _ => bail!("{argument} means nothing here\n{USAGE}"),
        }
    }
    task(rounds, write)
}
