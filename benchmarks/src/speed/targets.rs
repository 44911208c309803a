//! The rows of the table and what is asked of the simulator in each.

use super::Figure;
use Target::{Most, Ratio};

pub(super) struct Row {
    /// What the table calls it.
    pub(super) name: &'static str,
    pub(super) workload: &'static str,
    pub(super) what: &'static str,
    pub(super) figure: Figure,
    pub(super) target: Target,
}

/// The most that ours may take.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// So many times tokio's.
    Ratio(f64),
    /// So many MiB or bytes.
    Most(f64),
}

const fn time(name: &'static str, what: &'static str, target: Target) -> Row {
    let figure = Figure::Time;
    Row {
        name,
        workload: name,
        what,
        figure,
        target,
    }
}

pub(super) const ROWS: &[Row] = &[
    time("a", "poll, one of 1,000 tasks", Ratio(0.45)),
    time("b", "spawn and join, 100,000 at once", Ratio(0.75)),
    time("b2", "spawn and join, in turn", Ratio(0.4)),
    time("c", "sleep, 1,000 tasks, equal deadlines", Ratio(0.3)),
    time(
        "c-random",
        "sleep, 1,000 tasks, random deadlines",
        Ratio(0.5),
    ),
    time("d", "round trip of 64 B between two hosts", Ratio(1.2)),
    time("e", "fresh simulation, 3 hosts, 1 round trip", Ratio(0.8)),
    time("f", "heartbeat, 10 hosts, every 100 ms", Ratio(0.25)),
    time("g", "append of 4 KiB, a sync every 100", Ratio(2.5)),
    time("cancelled", "cancelled time-out of one hour", Ratio(0.3)),
    Row {
        name: "cancelled, memory",
        workload: "cancelled",
        what: "what one leaves behind",
        figure: Figure::Growth,
        target: Most(0.5),
    },
    Row {
        name: "memory",
        workload: "memory",
        what: "peak with 100,000 live tasks",
        figure: Figure::Peak,
        target: Most(23.0),
    },
];

impl Target {
    /// Whether `ours` holds it beside `tokio`.
    pub(super) fn holds(self, ours: f64, tokio: f64) -> bool {
        match self {
            Self::Ratio(most) => ours <= most * tokio,
            Self::Most(most) => ours <= most,
        }
    }
}
