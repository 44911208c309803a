//! What a failing seed prints: one block, with the line that replays it.

use super::{Run, Simulation};
use crate::{Schedule, clock::Instant};
use std::fmt;

/// How many of the last events are shown.
const LAST_EVENTS: usize = 24;

pub(super) struct Failure<'a> {
    pub(super) simulation: &'a Simulation,
    pub(super) seed: u64,
    pub(super) run: &'a Run,
    /// The same seed once more, with its events in words.
    pub(super) again: &'a Run,
    /// Where two runs of it diverge, if they do.
    pub(super) divergence: Option<String>,
    /// What the environment said in place of the test.
    pub(super) overrides: &'a str,
}

/// Where two runs diverge that ended differently: the first two, or, where the first was not
/// recorded, the second and another.
pub(super) fn divergence(first: &Run, second: &Run, third: impl FnOnce() -> Run) -> String {
    let between = |one: &Run, other: &Run| {
        let logs = one.log.as_ref().zip(other.log.as_ref());
        logs.and_then(|(one, other)| one.divergence(other))
    };
    let differ = format!(
        "the second run of this seed ended in audit state {}, the first in {}",
        second.state, first.state
    );
    if let Some(divergence) = between(first, second) {
        return format!("{differ}\n{divergence}");
    }
    match between(second, &third()) {
        Some(divergence) => format!("{differ}\nof the second and a third run\n{divergence}"),
        None => format!(
            "{differ}\na third run did as the second: the first found something else in its \
             process (look for a static, a thread-local, a file)\n"
        ),
    }
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            simulation,
            seed,
            run,
            again,
            divergence,
            overrides,
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
            show_struck(f, run)?;
        }
        match &run.schedule {
            Schedule::Random => {}
            Schedule::Replay(polls) => writeln!(f, "schedule\n  replay of {} polls", polls.len())?,
            schedule => writeln!(f, "schedule\n  {schedule}")?,
        }
        writeln!(f, "last events")?;
        let last = again.log.as_ref().map(|log| log.last_told(LAST_EVENTS));
        for entry in last.iter().flatten() {
            writeln!(f, "  {entry}")?;
        }
        if let Some(divergence) = divergence {
            write!(f, "not deterministic: {divergence}")?;
        }
        if !again.sources.is_empty() {
            writeln!(f, "what no seed decides")?;
            indent(f, again.sources.iter())?;
        }
        let package = match simulation.package {
            "" => String::new(),
            package => format!("-p {package} "),
        };
        writeln!(
            f,
            "replay\n  {overrides}SIM_SEED={seed} cargo test {package}-- --exact {path}"
        )?;
        write!(f, "---- end ----")
    }
}

/// Which faults struck, and which of those that are on did not.
fn show_struck(f: &mut fmt::Formatter<'_>, run: &Run) -> fmt::Result {
    let struck = run
        .fired
        .iter()
        .map(|(kind, times)| format!("{kind} {times}"));
    let idle = run.faults.kinds().map(|(kind, _)| kind);
    let idle = idle.filter(|kind| !run.fired.contains_key(kind));
    let lists = [
        ("faults that struck, and how often", Vec::from_iter(struck)),
        (
            "faults that did not",
            idle.map(|kind| kind.to_string()).collect(),
        ),
    ];
    for (title, kinds) in lists.iter().filter(|(_, kinds)| !kinds.is_empty()) {
        writeln!(f, "{title}\n  {}", kinds.join(", "))?;
    }
    Ok(())
}

fn indent<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    mut lines: impl Iterator<Item = T>,
) -> fmt::Result {
    lines.try_for_each(|line| writeln!(f, "  {line}"))
}
