//! What waits are taken to have been.

use super::Stopwatch;
use std::{thread, time::Duration};

const WAIT: Duration = Duration::from_millis(2);

#[test]
fn what_did_not_wait_took_no_time() {
    let mut watch = Stopwatch::default();
    assert_eq!(watch.stop(), Duration::ZERO);
    watch.start();
    thread::sleep(WAIT);
    assert!(watch.stop() >= WAIT);
    assert_eq!(watch.stop(), Duration::ZERO);
}

fn wait(watch: &mut Stopwatch, times: u32) -> Duration {
    watch.start();
    for _ in 0..times {
        thread::sleep(WAIT);
        watch.start();
    }
    watch.stop()
}

#[test]
fn a_wait_begins_once() {
    assert!(wait(&mut Stopwatch::default(), 3) >= 3 * WAIT);
}

#[test]
fn the_first_waits_are_timed_each() {
    let mut watch = Stopwatch::default();
    for times in 1..=8 {
        assert!(wait(&mut watch, times) >= times * WAIT);
    }
}

#[test]
fn of_many_waits_about_one_in_eight_is_timed() {
    let mut watch = Stopwatch::default();
    let mut timed = 0;
    for _ in 0..8000 {
        watch.start();
        timed += usize::from(watch.since.is_some());
        watch.stop();
    }
    assert!((500..2000).contains(&timed), "{timed}");
}

/// Every second one is long: of those that are timed by chance, about half.
#[test]
fn waits_that_alternate_are_both_seen() {
    let mut watch = Stopwatch::default();
    let mut timed = [0; 2];
    for round in 0..8000 {
        watch.start();
        timed[round % 2] += usize::from(watch.since.is_some());
        watch.stop();
    }
    assert!(timed.iter().all(|timed| *timed > 100), "{timed:?}");
}
