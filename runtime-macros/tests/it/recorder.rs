//! Stands where `runtime_deterministic` does, and hands the function what it was asked for.

use std::{any::type_name, ops::Range, time::Duration};

/// The settings of a simulation, as far as the tests need them.
#[derive(Debug, Default)]
pub struct Simulation {
    /// The test's name.
    pub name: &'static str,
    /// The package it is in.
    pub package: &'static str,
    /// The seeds to run.
    pub seeds: Range<u64>,
    /// The limit in virtual time.
    pub timeout: Duration,
}

/// What a simulated function is given.
#[derive(Debug)]
pub struct Context {
    /// The settings that the macro passed on.
    pub simulation: Simulation,
    /// The type that the function returns.
    pub output: &'static str,
}

/// Runs `test` once.
pub fn simulate_parallel<F, Fut>(simulation: Simulation, test: F)
where
    F: Fn(Context) -> Fut,
    Fut: Future,
{
    let output = type_name::<Fut::Output>();
    crate::drive::block_on(test(Context { simulation, output }));
}
