//! How long to wait before something that failed is tried again.

use crate::limits::{BACKOFF_MAX, BACKOFF_MIN};
use runtime_traits::Random;
use std::time::Duration;

/// Waits that double with each failure, each shortened by a random part so that those who failed
/// together do not come back together.
#[derive(Debug)]
pub(crate) struct Backoff(Duration);

impl Backoff {
    pub(crate) fn new() -> Self {
        Self(BACKOFF_MIN)
    }

    /// The next wait: between a half and the whole of what it doubles to.
    pub(crate) fn next(&mut self, random: &impl Random) -> Duration {
        let whole = self.0;
        self.0 = (whole * 2).min(BACKOFF_MAX);
        let half = whole / 2;
        let jitter = random.next_u64() % (half.as_nanos() as u64 + 1);
        half + Duration::from_nanos(jitter)
    }

    /// Something succeeded.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }
}
