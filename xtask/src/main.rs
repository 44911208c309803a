//! The tasks of this workspace. `cargo xtask --help` lists them.
//!
//! This file only chooses a task; what a task does is in the module that has its name.
#![forbid(unsafe_code)]

mod ci;
mod command;
mod contract;
mod instructions;
mod miri;
mod planted;
mod readme;
mod release;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use command::{Command, Task};

fn main() -> ExitCode {
    let outcome = match Command::parse().task {
        Task::Ci => ci::run(),
        Task::Contract(arguments) => contract::run(arguments.write),
        Task::Tidy => tidy::run(),
        Task::Readme => readme::run(),
        Task::Instructions(arguments) => instructions::run(&arguments),
        Task::Miri => miri::run(),
        Task::Planted(arguments) => planted::run(&arguments.filter),
        Task::Release(arguments) => release::run(&arguments.tag),
        Task::SeedSweep(arguments) => {
            return seed_sweep::main("cargo xtask seed-sweep", arguments.arguments);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::from(2)
    })
}
