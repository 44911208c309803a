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

#[test]
fn a_wait_begins_once_and_one_in_eight_is_timed() {
    let mut watch = Stopwatch::default();
    let mut wait = |times: u32| {
        watch.start();
        for _ in 0..times {
            thread::sleep(WAIT);
            watch.start();
        }
        watch.stop()
    };
    let first = wait(3);
    assert!(first >= 3 * WAIT);
    for _ in 0..7 {
        assert_eq!(wait(0), first);
    }
    assert!(wait(9) >= 9 * WAIT);
}
