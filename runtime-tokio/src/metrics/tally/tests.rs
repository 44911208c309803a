//! More threads than there are places, at once and one after the other.

use super::{PLACES, Tally};
use std::{sync::Barrier, thread};

const EACH: u64 = 300_000;

/// `count` threads at once, all of which have begun before one adds.
fn add_on(tally: &Tally<2>, count: usize) {
    let begin = Barrier::new(count);
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                tally.add([(0, 0)]);
                begin.wait();
                (0..EACH).for_each(|_| tally.add([(0, 1), (1, 3)]));
            });
        }
    });
}

#[test]
fn nothing_that_was_added_is_lost() {
    let tally = Tally::default();
    add_on(&tally, 2 * PLACES);
    add_on(&tally, 2);
    add_on(&tally, PLACES);
    let threads = 3 * PLACES as u64 + 2;
    let sum = EACH * threads;
    assert_eq!((tally.sum(0), tally.sum(1)), (sum, 3 * sum));
}
