//! When an end is probed, and when it is given up.

use super::Probes;
use runtime_traits::Keepalive;
use std::time::Duration;

const SECOND: u64 = 1_000_000_000;

fn probes(config: &Keepalive) -> Probes {
    Probes::new(config, 0)
}

#[test]
fn probes_follow_an_idle_time_and_are_counted() {
    let mut config = Keepalive::after(Duration::from_secs(60));
    config.retries = Some(2);
    let mut probes = probes(&config);
    assert_eq!(probes.start(SECOND), Some(60 * SECOND));
    assert_eq!(probes.start(SECOND), None, "it runs");
    probes.hear(10 * SECOND);
    assert_eq!(probes.waits_until(60 * SECOND), Some(70 * SECOND));
    assert_eq!(probes.waits_until(70 * SECOND), None);
    // Linux waits for 75 s.
    assert_eq!(probes.unanswered(70 * SECOND), 145 * SECOND);
    assert!(!probes.gives_up());
    probes.unanswered(145 * SECOND);
    assert!(probes.gives_up());
}

#[test]
fn probes_of_better_times_were_answered() {
    let mut probes = probes(&Keepalive::after(Duration::from_secs(60)));
    assert_eq!(probes.start(150 * SECOND), Some(180 * SECOND));
    probes.stop();
    assert_eq!(probes.start(200 * SECOND), Some(240 * SECOND));
}

#[test]
fn an_end_that_is_probed_without_a_pause_is_given_up_at_once() {
    let mut config = Keepalive::after(Duration::ZERO);
    (config.interval, config.retries) = (Some(Duration::ZERO), Some(1));
    let mut probes = probes(&config);
    assert_eq!(probes.start(5), Some(5));
    assert_eq!(probes.unanswered(5), 5);
    assert!(probes.gives_up());
}
