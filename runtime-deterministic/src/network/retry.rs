//! When TCP sends again what was not answered, and when it gives up.
//!
//! It is pure: it counts, and says how long to wait.

/// The first wait, and the longest: Linux's `TCP_RTO_MIN` and `TCP_RTO_MAX`, in nanoseconds.
pub(super) const SHORTEST: u64 = 200_000_000;
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
    /// The run of a timer beside it, which fires when answers to what came later have told of a loss.
    fast: Option<u32>,
    /// Whether there was one since the last answer.
    spent: bool,
    runs_so_far: u32,
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
        self.run = self.next_run();
        Some((self.run, SHORTEST))
    }

    fn next_run(&mut self) -> u32 {
        self.runs_so_far = self.runs_so_far.wrapping_add(1);
        self.runs_so_far
    }

    /// Whether a loss would be made good before the wait is over, if its writer heard of it, and that
    /// is not under way: once, and if that is lost too the wait goes on.
    pub(super) fn may_hasten(&self) -> bool {
        self.runs && self.passed == 0 && !self.spent && self.fast.is_none()
    }

    /// Starts the timer that fires when the writer hears of a loss. Returns its run.
    pub(super) fn hasten(&mut self) -> u32 {
        let run = self.next_run();
        (self.fast, self.spent) = (Some(run), true);
        run
    }

    pub(super) fn runs(&self) -> bool {
        self.runs
    }

    /// A wait has passed.
    pub(super) fn pass(&mut self, run: u32) -> Passed {
        if self.runs && self.fast == Some(run) {
            self.fast = None;
            return Passed::Again;
        }
        if !self.runs || self.run != run {
            return Passed::Nothing;
        }
        self.fast = None;
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
        (self.passed, self.spent) = (0, false);
    }

    /// Everything is answered.
    pub(super) fn stop(&mut self) {
        (self.runs, self.fast, self.spent) = (false, None, false);
    }
}

#[cfg(test)]
mod tests;
