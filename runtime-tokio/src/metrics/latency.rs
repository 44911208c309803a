//! How long operations took, in buckets. It knows no operation.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// The upper ends of the buckets, in nanoseconds: from 10 µs to 10 s, about three in ten. One more
/// bucket holds the rest.
const BOUNDS: [u64; 13] = [
    10_000,
    30_000,
    100_000,
    300_000,
    1_000_000,
    3_000_000,
    10_000_000,
    30_000_000,
    100_000_000,
    300_000_000,
    1_000_000_000,
    3_000_000_000,
    10_000_000_000,
];

#[derive(Debug, Default)]
pub(super) struct Latency {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

/// What was observed so far.
#[derive(Debug, PartialEq)]
pub(super) struct Distribution {
    /// In seconds.
    pub(super) sum: f64,
    pub(super) count: u64,
    /// Each with its upper end in seconds, and what it alone holds.
    pub(super) buckets: Vec<(f64, u64)>,
}

impl Latency {
    pub(super) fn observe(&self, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < nanoseconds);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }

    /// With those that took no time, which are counted elsewhere.
    pub(super) fn distribution(&self, at_once: u64) -> Distribution {
        let ends = BOUNDS
            .iter()
            .map(|bound| Duration::from_nanos(*bound).as_secs_f64());
        let counts = self.buckets.iter().map(|bucket| bucket.load(Relaxed));
        let mut buckets: Vec<_> = ends.chain([f64::INFINITY]).zip(counts).collect();
        buckets[0].1 += at_once;
        Distribution {
            sum: Duration::from_nanos(self.nanoseconds.load(Relaxed)).as_secs_f64(),
            count: buckets.iter().map(|(_, count)| count).sum(),
            buckets,
        }
    }
}

#[cfg(test)]
mod tests;
