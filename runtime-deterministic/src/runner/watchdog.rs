//! How long polls take in real time.
//!
//! The one place that reads the host's clock within a run. It only reports: nothing that a program
//! can see follows from it.
#![expect(
    clippy::disallowed_methods,
    reason = "the watchdog reports what takes long, and decides nothing"
)]

use std::time::{Duration, Instant}; // tidy: the watchdog's clock, only to report

/// Watches one poll, or does nothing.
pub(super) struct Watchdog(Option<Instant>);

impl Watchdog {
    #[inline]
    pub(super) fn start(watched: bool) -> Self {
        Self(watched.then(Instant::now)) // tidy: as above
    }

    /// How long it took, if that is more than the limit.
    #[inline]
    pub(super) fn barks(self, limit: Duration) -> Option<Duration> {
        let took = self.0?.elapsed();
        (took > limit).then_some(took)
    }
}
