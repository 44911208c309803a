//! The tests that `#[simulate]` makes. Each function checks what its own test asked for.

use crate::recorder::Context;
use runtime_macros::simulate;
use std::{process::Command, time::Duration};

const LAST_SEED: u64 = 500;

/// Documented, and run with the defaults.
#[simulate]
async fn plain(context: Context) {
    let simulation = context.simulation;
    assert_eq!(simulation.name, "it::simulate::plain::simulation");
    assert_eq!(simulation.package, "runtime-macros");
    assert_eq!(simulation.seeds, 0..0);
    assert_eq!(simulation.timeout, Duration::ZERO);
    assert_eq!(context.output, "()");
}

#[simulate(seeds = 0..LAST_SEED, timeout = minute())]
async fn configured(context: Context) -> Result<(), String> {
    assert_eq!(context.simulation.seeds, 0..500);
    assert_eq!(context.simulation.timeout, Duration::from_secs(60));
    assert!(context.output.starts_with("core::result::Result<()"));
    Ok(())
}

fn minute() -> Duration {
    Duration::from_secs(60)
}

#[should_panic(expected = "found by the simulation")]
#[simulate]
async fn panics(_context: Context) {
    panic!("found by the simulation");
}

#[simulate]
#[ignore = "would fail if it ran"]
async fn ignored(_context: Context) {
    panic!("ran although it is ignored");
}

#[simulate]
#[cfg(any())]
async fn configured_away(_context: DoesNotExist) {}

#[simulate]
#[expect(unused_variables, reason = "lint levels stay on the function")]
pub(crate) async fn lints(context: Context) {}

#[simulate]
async fn r#async(mut context: Context) {
    context.output = context.simulation.name;
    assert!(context.output.ends_with("::simulation"));
}

#[test]
fn each_function_is_one_test_whose_name_ends_in_simulation() {
    assert_eq!(
        list(&[]),
        [
            "simulate::configured::simulation",
            "simulate::ignored::simulation",
            "simulate::lints::simulation",
            "simulate::panics::simulation",
            "simulate::plain::simulation",
            "simulate::r#async::simulation",
        ]
    );
}

#[test]
fn an_ignored_simulation_is_an_ignored_test() {
    assert_eq!(list(&["--ignored"]), ["simulate::ignored::simulation"]);
}

/// The simulations of this binary, as a sweep lists them.
fn list(arguments: &[&str]) -> Vec<String> {
    let this = std::env::current_exe().expect("a test has a path");
    let mut command = Command::new(this);
    let output = command.arg("--list").args(arguments).output();
    let listed = String::from_utf8(output.expect("a test can be run").stdout);
    let tests = listed.expect("names are UTF-8");
    let names = tests.lines().filter_map(|line| line.strip_suffix(": test"));
    let mut simulations: Vec<_> = names
        .filter(|name| name.ends_with("::simulation"))
        .collect();
    simulations.sort_unstable();
    simulations.into_iter().map(str::to_owned).collect()
}
