//! The tasks of this workspace: one.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    seed_sweep::main("cargo xtask seed-sweep", std::env::args_os().skip(2))
}
