//! What is counted for each label: operations, bytes and time. It knows nothing of how they are shown.

use super::{
    latency::{Distribution, Latency},
    tally::Tally,
};
use runtime_traits::Current;
use std::{
    collections::BTreeMap,
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

/// Runs while a polled operation waits: what never waits asks no clock.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch(Option<Instant>);

impl Stopwatch {
    pub(crate) fn start(&mut self) {
        self.0.get_or_insert_with(Instant::now);
    }

    pub(crate) fn stop(&mut self) -> Duration {
        self.0
            .take()
            .map_or(Duration::ZERO, |since| since.elapsed())
    }
}
