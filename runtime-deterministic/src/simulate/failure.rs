//! What a failing seed prints: one block, with the line that replays it.

use super::{Run, Simulation, panics};
use crate::{Log, Schedule, clock::Instant};
use std::fmt;

/// How many of the last events are shown.
const LAST_EVENTS: usize = 24;
/// For who finds that two runs of a seed differ.
const WHERE_SEEDS_END: &str = "the docs of runtime_deterministic::ecosystem, under \"When two runs of a \
                               seed differ\", go from what differs to what to look for";

pub(super) struct Failure<'a> {
    pub(super) simulation: &'a Simulation,
    pub(super) seed: u64,
    pub(super) run: &'a Run,
    /// The same seed once more, with its events in words.
    pub(super) again: &'a Run,
    /// Where two runs of it diverge, if they do.
    pub(super) divergence: Option<String>,
    /// How many events the environment asks for, each with all that is known of it.
    pub(super) events: Option<usize>,
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
            events,
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
            if let Some(advice) = advice(&cause.message) {
                writeln!(f, "advice\n  {advice}")?;
            }
            if let Some(backtrace) = &cause.backtrace {
                writeln!(f, "backtrace")?;
                indent(f, panics::shorten(&backtrace.to_string()).lines())?;
            }
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
        if let Some(log) = &again.log {
            show_events(f, log, *events)?;
        }
        if let Some(divergence) = divergence {
            write!(f, "not deterministic: {divergence}")?;
            writeln!(f, "what to look for\n  {WHERE_SEEDS_END}")?;
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

/// What to do about a panic that a library raises because it runs in a simulation.
fn advice(message: &str) -> Option<&'static str> {
    message.contains("context of a Tokio 1.x runtime").then_some(
        "a simulation is no tokio runtime: ask the context for tasks, time, connections and files. \
         The docs of runtime_deterministic::ecosystem say what to use instead of what.",
    )
}

/// The last events: as many as were asked for, whole, or a few, in short.
fn show_events(f: &mut fmt::Formatter<'_>, log: &Log, asked: Option<usize>) -> fmt::Result {
    let count = asked.unwrap_or(LAST_EVENTS);
    let mut last = log.last_told(count.saturating_add(1));
    let more = last.len() > count;
    if more {
        last.pop_front();
    }
    writeln!(f, "last events")?;
    if more && asked.is_none() {
        writeln!(f, "  (SIM_EVENTS=1000 tells more)")?;
    }
    match asked {
        Some(_) => last.iter().try_for_each(|entry| writeln!(f, "  {entry:#}")),
        None => last.iter().try_for_each(|entry| writeln!(f, "  {entry}")),
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
