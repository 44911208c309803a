//! What the macros expand to, run.

// `#[simulate]` calls `::runtime_deterministic`. Here that is this binary, which records the call.
extern crate self as runtime_deterministic;

mod bodies;
mod branches;
mod drive;
mod fairness;
mod futures;
mod hygiene;
mod recorder;
mod simulate;
mod syntax;
mod ui;

pub use recorder::{Simulation, simulate_parallel};
