//! What the environment says of a test over seeds, outside of runs.

use super::Simulation;
use crate::{Faults, Schedule};
use std::{
    env,
    num::NonZero,
    ops::{Range, RangeInclusive},
};

/// How many threads run seeds: `SIM_JOBS`.
pub(super) fn jobs() -> Result<NonZero<usize>, String> {
    let Some(text) = variable("SIM_JOBS")? else {
        return Ok(NonZero::<usize>::MIN);
    };
    text.trim().parse().map_err(|_| {
        format!("SIM_JOBS is {text:?}, which is no number of threads: use one, as in SIM_JOBS=2")
    })
}

/// How many of the last events a failing seed tells, each with all that is known of it: `SIM_EVENTS`.
pub(super) fn events() -> Result<Option<usize>, String> {
    let Some(text) = variable("SIM_EVENTS")? else {
        return Ok(None);
    };
    let count = text.trim().parse().map_err(|_| {
        format!("SIM_EVENTS is {text:?}, which is no number: use one, as in SIM_EVENTS=1000")
    });
    count.map(Some)
}

/// What goes wrong: `SIM_FAULTS`.
pub(super) fn faults() -> Result<Option<Faults>, String> {
    let text = variable("SIM_FAULTS")?;
    let parse = |text: String| text.parse().map_err(|error| format!("SIM_FAULTS: {error}"));
    text.map(parse).transpose()
}

/// Who is polled next: `SIM_SCHEDULE`.
pub(super) fn schedule() -> Result<Option<Schedule>, String> {
    let text = variable("SIM_SCHEDULE")?;
    let parse = |text: String| {
        text.parse()
            .map_err(|error| format!("SIM_SCHEDULE: {error}"))
    };
    text.map(parse).transpose()
}

/// The seeds to run: `SIM_SEED`, `SIM_SEEDS`, or what the test says.
pub(super) fn seeds(simulation: &Simulation) -> Result<RangeInclusive<u64>, String> {
    if let Some(text) = variable("SIM_SEED")? {
        let seed: u64 = text.trim().parse().map_err(|_| {
            format!("SIM_SEED is {text:?}, which is no seed: use a number, as in SIM_SEED=7")
        })?;
        return Ok(seed..=seed);
    }
    let Some(text) = variable("SIM_SEEDS")? else {
        return inclusive(&simulation.seeds)
            .ok_or_else(|| "Simulation.seeds is empty: nothing would be tested".into());
    };
    let parse = |text: &str| {
        let (from, to) = text.trim().split_once("..")?;
        Some(from.parse().ok()?..to.parse().ok()?)
    };
    let range: Option<Range<u64>> = parse(&text);
    range.as_ref().and_then(inclusive).ok_or_else(|| {
        format!(
            "SIM_SEEDS is {text:?}, which is no range: use two numbers, as in SIM_SEEDS=0..1000"
        )
    })
}

fn inclusive(seeds: &Range<u64>) -> Option<RangeInclusive<u64>> {
    (!seeds.is_empty()).then(|| seeds.start..=seeds.end - 1)
}

#[expect(
    clippy::disallowed_methods,
    reason = "outside a run: which seeds to run"
)]
fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
