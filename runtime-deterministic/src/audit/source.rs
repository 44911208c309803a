//! What no seed decides, where it can be seen.

use crate::clock::Instant;
use std::{fmt, time::Duration};

/// How many are kept of a run: the first.
const KEPT: usize = 16;

/// Something in a run that no seed decides, so that the run may not replay.
///
/// It is no event: the audit does not see it.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The virtual time since the start of the run.
    pub time: Duration,
    /// Whose it is: host, label and spawn site of a task.
    pub who: String,
    /// What happened.
    pub kind: SourceKind,
}

/// What no seed decides.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A thread that the simulation does not run woke the task: when, is up to the host.
    ForeignWake,
    /// The same, when every task waited and no timer ran: virtual time stood still for it.
    LateWake,
    /// A thread that the simulation does not run spawned the task.
    ForeignSpawn,
    /// A poll of the task took so long in real time. It blocks, computes, or asks the host. Seen
    /// where [`Config::slow_poll`](crate::Config::slow_poll) asks for it.
    SlowPoll(Duration),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, who, kind } = self;
        let nanos = time.as_nanos().try_into().unwrap_or(u64::MAX);
        write!(f, "{} {who}: ", Instant(nanos))?;
        match kind {
            SourceKind::ForeignWake => write!(f, "woken by a thread outside the simulation"),
            SourceKind::LateWake => write!(
                f,
                "woken by a thread outside the simulation, when everything waited for it"
            ),
            SourceKind::ForeignSpawn => write!(f, "spawned by a thread outside the simulation"),
            SourceKind::SlowPoll(took) => write!(f, "a poll took {took:?} of real time"),
        }
    }
}

/// Adds one, unless enough are known or it is known already.
pub(crate) fn add(sources: &mut Vec<Source>, source: Source) {
    let like = |known: &&Source| {
        let same_kind = std::mem::discriminant(&known.kind) == std::mem::discriminant(&source.kind);
        same_kind && known.who == source.who
    };
    if sources.len() < KEPT && sources.iter().find(like).is_none() {
        sources.push(source);
    }
}
