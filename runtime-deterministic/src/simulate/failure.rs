//! What a failing seed prints: one block, with the line that replays it.

use super::{Run, Simulation};
use crate::clock::Instant;
use std::fmt;

/// How many of the last events are shown.
const LAST_EVENTS: usize = 24;

pub(super) struct Failure<'a> {
    pub(super) simulation: &'a Simulation,
    pub(super) seed: u64,
    pub(super) run: &'a Run,
    /// The same seed once more, with its events in words.
    pub(super) again: &'a Run,
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            simulation,
            seed,
            run,
            again,
        } = self;
        let path = simulation.test_path();
        writeln!(f, "---- simulation failed: {path} seed {seed} ----")?;
        if let Some(cause) = &run.cause {
            let at = Instant(run.work.virtual_nanos);
            match (&cause.site, &cause.who) {
                (Some(site), Some(who)) => writeln!(f, "panicked at {site}\n  {who}, at {at}")?,
                (Some(site), None) => writeln!(f, "panicked at {site}, at {at}")?,
                (None, _) => writeln!(f, "failed at {at}")?,
            }
            indent(f, cause.message.lines())?;
        }
        if !run.faults.is_none() {
            writeln!(f, "faults\n  {}", run.faults)?;
        }
        writeln!(f, "last events")?;
        let last = again.log.as_ref().map(|log| log.last_told(LAST_EVENTS));
        for entry in last.iter().flatten() {
            writeln!(f, "  {entry}")?;
        }
        if again.state != run.state {
            writeln!(
                f,
                "not deterministic: the second run of this seed ended in audit state {}, the first \
                 in {}",
                again.state, run.state
            )?;
        }
        let package = match simulation.package {
            "" => String::new(),
            package => format!("-p {package} "),
        };
        writeln!(
            f,
            "replay\n  SIM_SEED={seed} cargo test {package}-- --exact {path}"
        )?;
        write!(f, "---- end ----")
    }
}

fn indent<'a>(f: &mut fmt::Formatter<'_>, mut lines: impl Iterator<Item = &'a str>) -> fmt::Result {
    lines.try_for_each(|line| writeln!(f, "  {line}"))
}
