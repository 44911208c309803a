//! What is counted for each label: operations, bytes and time. It knows nothing of how they are shown.

use super::latency::Latency;
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

/// The counts of one label.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(super) latencies: [Latency; KINDS],
    pub(super) failures: [AtomicU64; KINDS],
    pub(super) bytes: [AtomicU64; Bytes::Written as usize + 1],
}

impl Meter {
    /// Counts an operation that took so long.
    pub(crate) fn note<T, E>(&self, operation: Operation, took: Duration, result: &Result<T, E>) {
        self.latencies[operation as usize].observe(took);
        if result.is_err() {
            self.failures[operation as usize].fetch_add(1, Relaxed);
        }
    }

    /// Counts an operation that succeeded and did not wait.
    pub(crate) fn note_at_once(&self, operation: Operation) {
        self.latencies[operation as usize].observe(Duration::ZERO);
    }

    pub(crate) fn add(&self, bytes: Bytes, count: usize) {
        self.bytes[bytes as usize].fetch_add(count as u64, Relaxed);
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
