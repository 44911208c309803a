//! The audit: the chain of everything a run did, and what a test sees of it.

mod chain;
mod divergence;
mod encoding;
mod entry;
mod file;
mod log;
mod recorder;
mod scene;
mod source;
#[cfg(test)]
pub(crate) mod tests;

pub use divergence::Divergence;
pub use encoding::PayloadHash;
pub use entry::Entry;
pub use file::LogError;
pub use log::Log;
pub use recorder::Record;
pub use source::{Source, SourceKind};

pub(crate) use chain::Chain;
pub(crate) use encoding::{Block, Decoder, Encoder, Malformed, Payload};
pub(crate) use source::add as add_source;

use crate::{
    FaultKind, Faults, Schedule,
    kernel::{Shared, local},
};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// What a run did, in 32 bytes. Two runs with equal states did the same, event by event.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct State(pub(crate) [u8; 32]);

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({self})")
    }
}

/// Tells what a run has done, while it runs and afterwards.
///
/// While the run goes on, its own thread alone is told. Another one finds an auditor of a run in which
/// nothing happened: the first state of all, [`Faults::none`], no work and no log.
///
/// ```
/// use runtime_deterministic::Executor;
/// use runtime_traits::{Clock, Runner};
/// use std::time::Duration;
///
/// let state = |millis| {
///     let (runner, context, auditor) = Executor::seeded(7);
///     runner.start(async move { context.sleep(Duration::from_millis(millis)).await });
///     auditor.state()
/// };
/// assert_eq!(state(5), state(5));
/// assert_ne!(state(5), state(6));
/// ```
#[derive(Clone)]
pub struct Auditor(pub(crate) Arc<Shared>);

/// How much a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Polls of tasks, the root's among them.
    pub polls: u64,
    /// Virtual time that passed, in nanoseconds.
    pub virtual_nanos: u64,
    /// Segments of bytes sent on connections, and datagrams sent.
    pub messages: u64,
}

impl Auditor {
    /// The state of the audit: everything that has happened so far, in 32 bytes.
    ///
    /// Every poll, spawn, timer, random draw, network and storage operation with its payload,
    /// crash and panic is in it.
    pub fn state(&self) -> State {
        local::with(&self.0, |kernel| kernel.chain.state()).unwrap_or_else(|| self.0.ending().state)
    }

    /// What goes wrong in this run by itself. Where that is drawn, what was: text that parses back,
    /// and runs as this run does.
    pub fn faults(&self) -> Faults {
        let faults = local::with(&self.0, |kernel| kernel.faults.clone());
        faults.unwrap_or_else(|| self.0.ending().faults)
    }

    /// Who is polled next in this run. Where that is drawn, what was.
    pub fn schedule(&self) -> Schedule {
        let schedule = local::with(&self.0, |kernel| kernel.config.schedule.clone());
        schedule.unwrap_or_else(|| self.0.ending().schedule)
    }

    /// How often each kind of fault has struck so far, drawn or driven by the test, without those
    /// that have not.
    pub fn fired(&self) -> BTreeMap<FaultKind, u64> {
        let fired = local::with(&self.0, |kernel| kernel.fired());
        fired.unwrap_or_else(|| self.0.ending().fired).counts()
    }

    /// How much has been done so far.
    pub fn work(&self) -> Work {
        local::with(&self.0, |kernel| kernel.work()).unwrap_or_else(|| self.0.ending().work)
    }

    /// The events so far, where [`Config::record`](crate::Config::record) asks for them; `None`
    /// where it does not.
    ///
    /// ```
    /// use runtime_deterministic::{Config, Executor, Record};
    /// use runtime_traits::{Clock, Runner};
    /// use std::time::Duration;
    ///
    /// let log = |micros| {
    ///     let mut config = Config::default();
    ///     config.record = Record::All;
    ///     let (runner, context, auditor) = Executor::init(config);
    ///     runner.start(async move { context.sleep(Duration::from_micros(micros)).await });
    ///     auditor.log().expect("it is recorded")
    /// };
    /// assert!(log(5).divergence(&log(5)).is_none());
    /// let divergence = log(5).divergence(&log(6)).expect("they differ");
    /// assert_eq!(divergence.sides[1].as_ref().unwrap().words, "sleeps until 0.006000 ms");
    /// println!("{divergence}");
    /// ```
    pub fn log(&self) -> Option<Arc<Log>> {
        let log = local::with(&self.0, |kernel| kernel.chain.log());
        log.unwrap_or_else(|| self.0.ending().log)
    }

    /// What was seen so far that no seed decides: the first 16 of it, of each task and kind once. What is not seen (a clock of the
    /// host, the order of a `HashMap`) shows in two runs of a seed, by [`Log::divergence`].
    pub fn sources(&self) -> Vec<Source> {
        let sources = local::with(&self.0, |kernel| kernel.sources.clone());
        sources.unwrap_or_else(|| self.0.ending().sources)
    }
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Auditor").field(&self.state()).finish()
    }
}
