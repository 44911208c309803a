//! The simulator beside its peers, on the same work.
//!
//! `cargo run --release --manifest-path benchmarks/Cargo.toml` measures, and writes the table of the main README.md.
//! This file only chooses what is measured.
#![forbid(unsafe_code)]

mod flat;
mod marked;
mod programs;
mod search;
mod speed;

use anyhow::{Result, bail};
use std::{env, process::ExitCode};

const USAGE: &str = "\
usage: cargo run --release --manifest-path benchmarks/Cargo.toml -- [TASK] [--rounds N] [--dry]

  speed   every workload on every runtime, alternating; writes both README.md (the default)
  flat    ours from few to many: tasks, hosts, MiB; writes flat.svg and the table of benchmarks/README.md
  search  seeds until ten planted mistakes show, on three simulators; writes benchmarks/README.md

  --rounds N   of which the least counts (5)
  --only TEXT  of the mistakes, those whose names contain it
  --dry        print, and write nothing";

/// What the command line asks for.
pub(crate) struct Options {
    rounds: u64,
    /// Into the documents, or on the screen alone.
    write: bool,
    /// Of the mistakes, those whose names contain this text.
    only: String,
}

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
    let mut task: fn(&Options) -> Result<()> = speed::run;
    let mut options = Options {
        rounds: 5,
        write: true,
        only: String::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.as_slice().first()) {
            ("speed", _) => task = speed::run,
            ("flat", _) => task = flat::run,
            ("search", _) => task = search::run,
            ("--dry", _) => options.write = false,
            ("--only", Some(text)) => {
                options.only.clone_from(text);
                arguments.next();
            }
            ("--rounds", Some(number)) => match number.parse() {
                Ok(number @ 1..) => {
                    options.rounds = number;
                    arguments.next();
                }
                _ => bail!("--rounds needs a number above 0\n{USAGE}"),
            },
            _ => bail!("{argument} means nothing here\n{USAGE}"),
        }
    }
    task(&options)
}
