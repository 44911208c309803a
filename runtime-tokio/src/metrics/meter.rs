//! What is counted for each label: operations, bytes and time. It knows nothing of how they are shown.

use super::{
    latency::{Distribution, Latency},
    tally::Tally,
};
use runtime_traits::Current;
use std::{
    collections::BTreeMap,
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// What is counted, and timed.
#[derive(Clone, Copy)]
pub(crate) enum Operation {
    Dial,
    Accept,
    Send,
    Recv,
    SendTo,
    RecvFrom,
    Resolve,
    Open,
    Remove,
    Scan,
    Len,
    Read,
    /// Out of memory, at once.
    ReadCached,
    Write,
    Truncate,
    Sync,
}

/// How many kinds of operations there are.
const KINDS: usize = Operation::Sync as usize + 1;

/// What bytes are counted.
#[derive(Clone, Copy)]
pub(crate) enum Bytes {
    Sent,
    Received,
    Read,
    Written,
}

/// How many kinds of bytes there are.
const BYTES: usize = Bytes::Written as usize + 1;

/// The counts of one label.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    latencies: [Latency; KINDS],
    failures: [AtomicU64; KINDS],
    /// The operations that did not wait, then the bytes.
    tally: Tally<{ KINDS + BYTES }>,
}

impl Meter {
    /// Counts an operation that took so long.
    pub(crate) fn note<T, E>(&self, operation: Operation, took: Duration, result: &Result<T, E>) {
        match took.is_zero() {
            true => self.tally.add([(operation as usize, 1)]),
            false => self.latencies[operation as usize].observe(took),
        }
        if result.is_err() {
            self.failures[operation as usize].fetch_add(1, Relaxed);
        }
    }

    /// Counts an operation that succeeded after so long, and its bytes.
    #[inline]
    pub(crate) fn note_bytes(
        &self,
        operation: Operation,
        took: Duration,
        bytes: Bytes,
        count: usize,
    ) {
        if took.is_zero() {
            return self.note_at_once(operation, bytes, count);
        }
        self.latencies[operation as usize].observe(took);
        self.add(bytes, count);
    }

    /// Counts an operation that succeeded and did not wait, and its bytes.
    pub(crate) fn note_at_once(&self, operation: Operation, bytes: Bytes, count: usize) {
        let bytes = (KINDS + bytes as usize, count as u64);
        self.tally.add([(operation as usize, 1), bytes]);
    }

    pub(crate) fn add(&self, bytes: Bytes, count: usize) {
        self.tally.add([(KINDS + bytes as usize, count as u64)]);
    }

    pub(super) fn distribution(&self, operation: Operation) -> Distribution {
        let at_once = self.tally.sum(operation as usize);
        self.latencies[operation as usize].distribution(at_once)
    }

    pub(super) fn failures(&self, operation: Operation) -> u64 {
        self.failures[operation as usize].load(Relaxed)
    }

    pub(super) fn bytes(&self, bytes: Bytes) -> u64 {
        self.tally.sum(KINDS + bytes as usize)
    }
}

/// The meters of one run.
#[derive(Debug, Default)]
pub(crate) struct Meters(Mutex<BTreeMap<String, Arc<Meter>>>);

impl Meters {
    /// That of the task that is being polled.
    pub(crate) fn here(&self) -> Arc<Meter> {
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meters.entry(Current::label()).or_default().clone()
    }

    /// All of them, ascending by label.
    pub(super) fn all(&self) -> Vec<(String, Arc<Meter>)> {
        let meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meters
            .iter()
            .map(|(label, meter)| (label.clone(), meter.clone()))
            .collect()
    }
}

/// Tells how long a polled operation waits, time after time. What never waits asks no clock. The first
/// [`ALL`] waits are timed, then about one in [`SAMPLE`]; those until the next that is timed are taken
/// to be as long. Chance says which, or a wait that comes every second time could be all that is seen.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch {
    runs: bool,
    /// When the wait began that is timed.
    since: Option<Instant>,
    /// How long the last one was that was timed.
    last: Duration,
    /// How many were timed at first.
    timed: u32,
    /// How many are not, until one is.
    skipped: u32,
}

const ALL: u32 = 8;
/// To look at the clock twice would take a fiftieth of a round trip.
const SAMPLE: u32 = 8;

impl Stopwatch {
    pub(crate) fn start(&mut self) {
        if self.runs {
            return;
        }
        self.runs = true;
        match self.skipped.checked_sub(1) {
            Some(left) => self.skipped = left,
            None => self.since = Some(Instant::now()),
        }
    }

    /// Nothing where it was not started.
    pub(crate) fn stop(&mut self) -> Duration {
        if !mem::take(&mut self.runs) {
            return Duration::ZERO;
        }
        if let Some(since) = self.since.take() {
            self.last = since.elapsed();
            self.timed = (self.timed + 1).min(ALL);
            if self.timed == ALL {
                self.skipped = fastrand::u32(..2 * SAMPLE - 1);
            }
        }
        self.last
    }
}

#[cfg(test)]
mod tests;
