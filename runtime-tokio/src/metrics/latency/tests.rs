//! Which bucket holds what.

use super::Latency;
use std::time::Duration;

#[test]
fn a_bucket_holds_what_took_at_most_its_end() {
    let latency = Latency::default();
    for microseconds in [0, 10, 11, 30, 20_000_000] {
        latency.observe(Duration::from_micros(microseconds));
    }
    latency.observe(Duration::MAX);
    let seen = latency.distribution(0);
    let filled: Vec<_> = seen
        .buckets
        .iter()
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(
        filled,
        [&(0.000_01, 2), &(0.000_03, 2), &(f64::INFINITY, 2)]
    );
    assert_eq!((seen.count, seen.buckets.len()), (6, 14));
}

#[test]
fn the_sum_is_in_seconds() {
    let latency = Latency::default();
    latency.observe(Duration::from_millis(1500));
    latency.observe(Duration::from_millis(1000));
    assert_eq!(latency.distribution(0).sum, 2.5);
}
