//! When an idle connection is probed, and when it is given up.
//!
//! It is pure: it counts, and says how long to wait.

use crate::clock::nanos;
use runtime_traits::Keepalive;
use std::time::Duration;

/// What a system does that is not told: Linux's `tcp_keepalive_intvl` and `tcp_keepalive_probes`.
const INTERVAL: Duration = Duration::from_secs(75);
const RETRIES: u32 = 9;

/// The keepalive timer of one end of a connection. It runs only while a probe may find no answer: a
/// run in which every task waits for an idle connection is a deadlock, and says so.
pub(super) struct Probes {
    idle: u64,
    interval: u64,
    retries: u32,
    runs: bool,
    unanswered: u32,
    /// When something last arrived.
    heard: u64,
}

impl Probes {
    pub(super) fn new(config: &Keepalive, now: u64) -> Self {
        Self {
            idle: nanos(config.idle),
            interval: nanos(config.interval.unwrap_or(INTERVAL)),
            retries: config.retries.unwrap_or(RETRIES),
            runs: false,
            unanswered: 0,
            heard: now,
        }
    }

    /// Something arrives.
    pub(super) fn hear(&mut self, now: u64) {
        self.heard = now;
    }

    /// Starts to run, unless it does. Returns when the first probe is due. Those that would have
    /// been sent before found their answers.
    pub(super) fn start(&mut self, now: u64) -> Option<u64> {
        if self.runs {
            return None;
        }
        (self.runs, self.unanswered) = (true, 0);
        let answered = (now - self.heard).checked_div(self.idle).unwrap_or(0);
        self.heard += answered * self.idle;
        Some(self.heard.saturating_add(self.idle).max(now))
    }

    /// When the connection has to be idle to, before it is probed; `None` when it was for long
    /// enough.
    pub(super) fn waits_until(&self, now: u64) -> Option<u64> {
        let until = self.heard.saturating_add(self.idle);
        (until > now).then_some(until)
    }

    /// Whether so many probes got no answer that the connection is given up.
    pub(super) fn gives_up(&self) -> bool {
        self.unanswered >= self.retries
    }

    /// A probe got no answer. Returns when the next is due.
    pub(super) fn unanswered(&mut self, now: u64) -> u64 {
        self.unanswered += 1;
        now.saturating_add(self.interval)
    }

    pub(super) fn stop(&mut self) {
        self.runs = false;
    }
}

#[cfg(test)]
mod tests;
