//! When TCP sends again what was not answered, and when it gives up.
//!
//! It is pure: it counts, and says how long to wait.

/// The first wait, and the longest: Linux's `TCP_RTO_MIN` and `TCP_RTO_MAX`, in nanoseconds.
const SHORTEST: u64 = 200_000_000;
const LONGEST: u64 = 120_000_000_000;
/// So many are sent again, `tcp_retries2`; after one more wait the connection is given up.
const RETRIES: u32 = 15;
/// All waits together, as Linux's ip-sysctl document reckons them: 924.6 s.
pub(super) const GIVE_UP: u64 = 924_600_000_000;

/// The retransmission timer of one direction of a connection.
#[derive(Default)]
pub(super) struct Retry {
    runs: bool,
    /// Waits that have passed without an answer.
    passed: u32,
    /// Which of the timer's runs this is: a timer that fires for another is of no concern.
    run: u32,
}

/// What a wait's end brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// It was of another run.
    Nothing,
    Again,
    GiveUp,
}

impl Retry {
    /// Starts to wait, unless it does. Returns the run and its first wait.
    pub(super) fn start(&mut self) -> Option<(u32, u64)> {
        if self.runs {
            return None;
        }
        (self.runs, self.passed) = (true, 0);
        self.run = self.run.wrapping_add(1);
        Some((self.run, SHORTEST))
    }

    pub(super) fn runs(&self) -> bool {
        self.runs
    }

    /// A wait has passed.
    pub(super) fn pass(&mut self, run: u32) -> Passed {
        if !self.runs || self.run != run {
            return Passed::Nothing;
        }
        self.passed += 1;
        match self.passed > RETRIES {
            true => Passed::GiveUp,
            false => Passed::Again,
        }
    }

    /// How long to wait next, if the run goes on.
    pub(super) fn next(&self, run: u32) -> Option<u64> {
        let doubled = SHORTEST << self.passed.min(RETRIES);
        (self.runs && self.run == run).then_some(doubled.min(LONGEST))
    }

    /// An answer came, and more is to come.
    pub(super) fn progress(&mut self) {
        self.passed = 0;
    }

    /// Everything is answered.
    pub(super) fn stop(&mut self) {
        self.runs = false;
    }
}

#[cfg(test)]
mod tests;
