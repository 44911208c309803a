//! How long polls take in real time.
//!
//! The one place that reads the host's clock within a run. It only reports: nothing that a program
//! can see follows from it.
#![expect(
    clippy::disallowed_methods,
    reason = "the watchdog reports what takes long, and decides nothing"
)]

use crate::task::Name;
use std::time::{Duration, Instant}; // tidy: the watchdog's clock, only to report

/// Watches one poll after the other, or none.
pub(super) struct Watchdog {
    limit: Option<Duration>,
    polled: Option<(Name, Instant)>,
}

impl Watchdog {
    /// It barks at polls that take longer than `limit`.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self {
            limit,
            polled: None,
        }
    }

    /// A poll begins.
    pub(super) fn start(&mut self, who: Name) {
        self.polled = Some((who, Instant::now())); // tidy: as above
    }

    /// Whose poll it was and how long it took, if that is more than the limit.
    pub(super) fn barks(&self) -> Option<(&Name, Duration)> {
        let (who, since) = self.polled.as_ref()?;
        let took = since.elapsed();
        (took > self.limit?).then_some((who, took))
    }
}
