//! How far a sweep is: a line that is rewritten on a terminal, a plain line now and then elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Progress {
    begin: Instant,
    terminal: bool,
    total: u128,
    done: u128,
    failed: u128,
}

impl Progress {
    pub(crate) fn new(total: u128) -> Self {
        Self {
            begin: Instant::now(),
            terminal: stderr().is_terminal(),
            total,
            done: 0,
            failed: 0,
        }
    }

    /// How long to wait between two lines.
    pub(crate) fn pause(&self) -> Duration {
        if self.terminal {
            Duration::from_millis(100)
        } else {
            Duration::from_secs(5)
        }
    }

    pub(crate) fn seed_ended(&mut self, failed: bool) {
        self.done += 1;
        self.failed += u128::from(failed);
    }

    pub(crate) fn draw(&self) {
        let line = self.line(self.begin.elapsed());
        let (before, after) = if self.terminal {
            ("\r\x1b[K", "")
        } else {
            ("", "\n")
        };
        // A closed standard error loses the progress, nothing else.
        let _ = write!(stderr(), "{before}{line}{after}");
    }

    /// Takes the line off a terminal.
    pub(crate) fn clear(&self) {
        if self.terminal {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }

    fn line(&self, elapsed: Duration) -> String {
        let Self {
            total,
            done,
            failed,
            ..
        } = self;
        let rate = *done as f64 / elapsed.as_secs_f64().max(f64::EPSILON);
        let left = match *done {
            0 => String::new(),
            done => format!(", {:.0} s left", total.saturating_sub(done) as f64 / rate),
        };
        format!("{done}/{total} seeds, {failed} failed, {rate:.0} seeds/s{left}")
    }
}

#[cfg(test)]
mod tests {
    //! The text of the line.

    use super::Progress;
    use std::time::Duration;

    #[test]
    fn the_line_says_how_far_how_fast_and_how_long() {
        let mut progress = Progress::new(200);
        assert_eq!(
            progress.line(Duration::ZERO),
            "0/200 seeds, 0 failed, 0 seeds/s"
        );
        (0..50).for_each(|seed| progress.seed_ended(seed == 7));
        assert_eq!(
            progress.line(Duration::from_secs(5)),
            "50/200 seeds, 1 failed, 10 seeds/s, 15 s left"
        );
    }
}
