//! The two clocks of a host: what they show at an instant of the run.
//!
//! It is pure: nobody waits here, and nothing is drawn. One oscillator drives both clocks, as in a
//! real machine; beside it the wall clock is ahead or behind by some amount.

use super::NEVER;
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// What a clock counts in, in parts of a nanosecond: a drift of 1 ppm is one of them.
const PARTS: u64 = 1_000_000;

#[derive(Clone, Debug)]
pub(crate) struct Clocks {
    /// The instant of the run at which the drift changed last.
    changed: u64,
    /// What had passed on the monotonic clock then, in parts: no change of the drift rounds.
    passed: u128,
    /// How many parts pass on it within a nanosecond of the run.
    rate: u64,
    /// How far the wall clock is ahead of the monotonic one, in nanoseconds.
    ahead: i128,
    /// The range of what the wall clock may be set to, in nanoseconds since the run's start.
    settable: (i128, i128),
}

/// What a test does to a host's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The wall clock is set so many nanoseconds ahead of the run's time.
    Offset(i128),
    /// The wall clock moves by so many nanoseconds.
    Jump(i128),
    /// Both clocks run faster by so many millionths.
    Drift(i32),
}

impl Clocks {
    /// Clocks that are right, in a run that starts at `start`.
    pub(crate) fn new(start: SystemTime) -> Self {
        let start = start.duration_since(SystemTime::UNIX_EPOCH);
        let start = signed(start.unwrap_or_default());
        Self {
            changed: 0,
            passed: 0,
            rate: PARTS,
            ahead: 0,
            settable: (-start, signed(LATEST) - start),
        }
    }

    pub(crate) fn change(&mut self, now: u64, change: Change) {
        match change {
            Change::Offset(ahead) => self.set_wall(now, i128::from(now).saturating_add(ahead)),
            Change::Jump(by) => self.set_wall(now, self.wall(now).saturating_add(by)),
            Change::Drift(ppm) => {
                self.passed = self.parts(now);
                self.changed = now;
                self.rate = PARTS.saturating_add_signed(ppm.into()).max(1);
            }
        }
    }

    pub(crate) fn drift(&self) -> i32 {
        i32::try_from(self.rate as i64 - PARTS as i64).unwrap_or(i32::MAX)
    }

    fn set_wall(&mut self, now: u64, wall: i128) {
        let wall = wall.clamp(self.settable.0, self.settable.1);
        self.ahead = wall - i128::from(self.monotonic(now));
    }

    fn parts(&self, now: u64) -> u128 {
        let since = u128::from(now.saturating_sub(self.changed));
        self.passed + since * u128::from(self.rate)
    }

    /// How many nanoseconds have passed on the monotonic clock since the run's start.
    pub(crate) fn monotonic(&self, now: u64) -> u64 {
        let nanos = self.parts(now) / u128::from(PARTS);
        u64::try_from(nanos).unwrap_or(NEVER).min(NEVER - 1)
    }

    /// What the wall clock shows, in nanoseconds since the run's start.
    pub(crate) fn wall(&self, now: u64) -> i128 {
        i128::from(self.monotonic(now)) + self.ahead
    }

    /// The first instant of the run, at its present drift, at which so many nanoseconds have passed
    /// on the monotonic clock.
    pub(crate) fn instant(&self, monotonic: u64) -> u64 {
        let parts = u128::from(monotonic) * u128::from(PARTS);
        let left = parts.saturating_sub(self.passed);
        let wait = left.div_ceil(u128::from(self.rate));
        u64::try_from(u128::from(self.changed) + wait).unwrap_or(NEVER)
    }
}

/// When the year 10000 begins, since 1970: no clock is set so late.
pub(crate) const YEAR_10000: Duration = Duration::from_secs(253_402_300_800);
/// The last that a clock can be set to.
const LATEST: Duration = Duration::from_nanos_u128(YEAR_10000.as_nanos() - 1);

/// Nanoseconds that may be subtracted.
pub(crate) fn signed(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Offset(nanos) => write!(f, "wall clock is set {} off", Signed(nanos)),
            Self::Jump(nanos) => write!(f, "wall clock jumps by {}", Signed(nanos)),
            Self::Drift(ppm) => write!(f, "clocks drift by {ppm:+} ppm"),
        }
    }
}

/// A span with its sign, in milliseconds.
struct Signed(i128);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, nanos) = (if self.0 < 0 { '-' } else { '+' }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:06} ms", nanos / 1_000_000, nanos % 1_000_000)
    }
}

#[cfg(test)]
mod tests;
