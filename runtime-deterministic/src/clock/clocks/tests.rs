//! The clocks of a host against arithmetic done another way.

use super::{Change, Clocks};
use crate::draws::{Draws, Purpose};
use std::time::{Duration, SystemTime};

const START: Duration = Duration::from_secs(1_767_225_600);
const SECOND: u64 = 1_000_000_000;

fn clocks() -> Clocks {
    Clocks::new(SystemTime::UNIX_EPOCH + START)
}

fn drifting(ppm: i32) -> Clocks {
    let mut clocks = clocks();
    clocks.change(0, Change::Drift(ppm));
    clocks
}

#[test]
fn clocks_are_right_until_something_is_done_to_them() {
    for now in [0, 1, SECOND, u64::MAX - 1] {
        let clocks = clocks();
        let shown = (clocks.monotonic(now), clocks.wall(now), clocks.instant(now));
        assert_eq!(shown, (now, now.into(), now));
    }
}

#[test]
fn drift_is_in_millionths_both_ways() {
    assert_eq!(drifting(-50).monotonic(SECOND), SECOND - 50_000);
    assert_eq!(drifting(50).monotonic(SECOND), SECOND + 50_000);
    assert_eq!(drifting(50).wall(SECOND), i128::from(SECOND) + 50_000);
}

#[test]
fn a_deadline_is_reached_at_the_first_nanosecond_that_shows_it() {
    assert_eq!(drifting(1_000_000).instant(7), 4);
    assert_eq!(drifting(-500_000).instant(7), 14);
    assert_eq!(drifting(-1).instant(1_000_000), 1_000_002);
}

#[test]
fn an_offset_sets_and_a_jump_adds() {
    let mut clocks = clocks();
    for (change, ahead) in [
        (Change::Jump(7), 7),
        (Change::Offset(5), 5),
        (Change::Jump(-8), -3),
        (Change::Jump(1), -2),
    ] {
        clocks.change(100, change);
        assert_eq!(clocks.wall(100), 100 + ahead);
        assert_eq!(clocks.monotonic(100), 100);
    }
}

#[test]
fn an_offset_takes_back_what_has_drifted() {
    let mut clocks = drifting(100);
    clocks.change(SECOND, Change::Drift(0));
    assert_eq!(clocks.wall(SECOND), i128::from(SECOND) + 100_000);
    clocks.change(SECOND, Change::Offset(0));
    assert_eq!(clocks.wall(SECOND), i128::from(SECOND));
    assert_eq!(clocks.monotonic(SECOND), SECOND + 100_000);
}

#[test]
fn the_wall_stays_between_1970_and_9999_and_goes_on() {
    let mut clocks = clocks();
    clocks.change(5, Change::Jump(i128::MIN));
    assert_eq!(clocks.wall(6), 1 - START.as_nanos() as i128);
    clocks.change(5, Change::Offset(i128::MAX));
    let last_of_9999 = 253_402_300_800 * i128::from(SECOND) - 1;
    assert_eq!(clocks.wall(5) + START.as_nanos() as i128, last_of_9999);
}

#[test]
fn no_drift_stops_a_clock() {
    assert_eq!(drifting(i32::MIN).monotonic(SECOND), SECOND / 1_000_000);
    assert_eq!(drifting(i32::MAX).monotonic(u64::MAX), u64::MAX - 1);
}

/// A clock that counts every nanosecond: it adds the parts one by one.
#[derive(Clone, Copy)]
struct Model {
    parts: u128,
    ppm: i32,
    ahead: i128,
}

impl Model {
    fn tick(&mut self) {
        self.parts += (1_000_000 + i128::from(self.ppm)) as u128;
    }

    fn monotonic(&self) -> u64 {
        (self.parts / 1_000_000) as u64
    }
}

#[test]
fn clocks_agree_with_a_model_that_counts_each_nanosecond() {
    for seed in 0..200 {
        let draws = &mut Draws::new(seed, Purpose::Schedule);
        let (mut clocks, mut now) = (clocks(), 0);
        let mut model = Model {
            parts: 0,
            ppm: 0,
            ahead: 0,
        };
        for _ in 0..30 {
            let by = draws.within(0..=2_000) as i128 - 1_000;
            match draws.below(4) {
                0 => {
                    model.ppm = draws.within(0..=2_999_998) as i32 - 999_999;
                    clocks.change(now, Change::Drift(model.ppm));
                }
                1 => {
                    model.ahead = i128::from(now) + by - i128::from(model.monotonic());
                    clocks.change(now, Change::Offset(by));
                }
                2 => {
                    model.ahead += by;
                    clocks.change(now, Change::Jump(by));
                }
                _ => {}
            }
            let deadline = model.monotonic() + draws.within(0..=50);
            let instant = clocks.instant(deadline);
            for _ in 0..draws.within(0..=100) {
                let reached = model.monotonic() >= deadline;
                assert_eq!(reached, now >= instant, "seed {seed}, {now}");
                assert_eq!(clocks.monotonic(now), model.monotonic(), "seed {seed}");
                let wall = i128::from(model.monotonic()) + model.ahead;
                assert_eq!(clocks.wall(now), wall, "seed {seed}");
                model.tick();
                now += 1;
            }
        }
    }
}
