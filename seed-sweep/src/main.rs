//! The sweep as a command of its own, for a workspace that has no `xtask`.
#![forbid(unsafe_code)]

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    seed_sweep::main("seed-sweep", env::args_os().skip(1))
}
