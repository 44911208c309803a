//! How many threads there are, and what becomes of the rest.

use super::Lanes;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

#[test]
fn no_more_lanes_than_the_limit_and_each_takes_what_waits() {
    let lanes = Lanes::new(2);
    let done = Arc::new(AtomicUsize::new(0));
    let work = || {
        let done = done.clone();
        move || {
            done.fetch_add(1, SeqCst);
        }
    };
    let first = lanes.queue(work()).unwrap();
    let second = lanes.queue(work()).unwrap();
    for _ in 0..10 {
        assert!(lanes.queue(work()).is_none());
    }
    first.run();
    assert_eq!(done.load(SeqCst), 12);
    // The other one's place is still taken, the first one's is free.
    let third = lanes.queue(work()).unwrap();
    assert!(lanes.queue(work()).is_none());
    second.run();
    third.run();
    assert_eq!(done.load(SeqCst), 14);
}

#[test]
fn a_lane_that_never_ran_leaves_its_work_to_the_others_or_drops_it() {
    let lanes = Lanes::new(2);
    let held = Arc::new(());
    let work = || {
        let held = held.clone();
        move || drop(held)
    };
    let first = lanes.queue(work()).unwrap();
    let second = lanes.queue(work()).unwrap();
    drop(first);
    assert_eq!(Arc::strong_count(&held), 3);
    drop(second);
    assert_eq!(Arc::strong_count(&held), 1);
    // Both places are free again.
    assert!(lanes.queue(work()).is_some_and(|lane| {
        lane.run();
        true
    }));
    assert_eq!(Arc::strong_count(&held), 1);
}
