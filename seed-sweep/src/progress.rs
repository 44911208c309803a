//! How far a sweep is: a bar on a terminal, a plain line now and then elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

#[derive(Debug)]
pub(crate) struct Progress {
    begin: Instant,
    deadline: Option<Instant>,
    bar: Option<ProgressBar>,
    count: Count,
}

#[derive(Debug, Default)]
struct Count {
    total: u128,
    done: u128,
    failed: u128,
}

impl Progress {
    /// Of `total` seeds, or of as many as end before the deadline.
    pub(crate) fn new(total: u128, deadline: Option<Instant>) -> Self {
        Self {
            begin: Instant::now(),
            deadline,
            bar: stderr().is_terminal().then(bar),
            count: Count {
                total,
                ..Count::default()
            },
        }
    }

    /// How long to wait between two lines.
    pub(crate) fn pause(&self) -> Duration {
        match self.bar {
            Some(_) => Duration::from_millis(100),
            None => Duration::from_secs(5),
        }
    }

    pub(crate) fn seed_ended(&mut self, failed: bool) {
        self.count.done += 1;
        self.count.failed += u128::from(failed);
    }

    /// So many of the seeds will not be run.
    pub(crate) fn leave_out(&mut self, seeds: u64) {
        self.count.total = self.count.total.saturating_sub(seeds.into());
    }

    pub(crate) fn draw(&self) {
        let elapsed = self.begin.elapsed();
        let left = self
            .deadline
            .map(|end| end.saturating_duration_since(Instant::now()));
        let line = self.count.line(elapsed, left);
        match &self.bar {
            Some(bar) => {
                bar.set_position((self.count.share(elapsed, left) * WIDTH as f64) as u64);
                bar.set_message(line);
                bar.tick();
            }
            // A closed standard error loses the progress, nothing else.
            None => drop(writeln!(stderr(), "{line}")),
        }
    }

    /// Takes the bar off a terminal.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// In how many steps the bar fills.
const WIDTH: u64 = 1000;

fn bar() -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:20} {msg}").expect("the template is well formed");
    ProgressBar::new(WIDTH).with_style(style)
}

impl Count {
    /// How much of the work or of the time is done, whichever is more: from 0 to 1.
    fn share(&self, elapsed: Duration, left: Option<Duration>) -> f64 {
        let seeds = self.done as f64 / self.total.max(1) as f64;
        let time = left.map_or(0.0, |left| {
            elapsed.as_secs_f64() / (elapsed + left).as_secs_f64().max(f64::EPSILON)
        });
        seeds.max(time).min(1.0)
    }

    fn line(&self, elapsed: Duration, left: Option<Duration>) -> String {
        let Self {
            total,
            done,
            failed,
        } = self;
        let rate = *done as f64 / elapsed.as_secs_f64().max(f64::EPSILON);
        let needed = total.saturating_sub(*done) as f64 / rate;
        let left = left.map_or(needed, |left| left.as_secs_f64().min(needed));
        let left = match left.is_finite() {
            true => format!(", {left:.0} s left"),
            false => String::new(),
        };
        let seeds = match *total > u128::from(u64::MAX / 2) {
            true => format!("{done}"),
            false => format!("{done}/{total}"),
        };
        format!("{seeds} seeds, {failed} failed, {rate:.0} seeds/s{left}")
    }
}

#[cfg(test)]
mod tests {
    //! The text of the line.

    use super::Count;
    use std::time::Duration;

    #[test]
    fn the_line_says_how_far_how_fast_and_how_long() {
        let mut count = Count {
            total: 200,
            ..Count::default()
        };
        assert_eq!(
            count.line(Duration::ZERO, None),
            "0/200 seeds, 0 failed, 0 seeds/s"
        );
        (count.done, count.failed) = (50, 1);
        let five = Duration::from_secs(5);
        assert_eq!(
            count.line(five, None),
            "50/200 seeds, 1 failed, 10 seeds/s, 15 s left"
        );
        assert_eq!(count.share(five, None), 0.25);
    }

    #[test]
    fn time_that_is_up_earlier_is_what_is_left() {
        let mut count = Count {
            total: u128::from(u64::MAX),
            done: 50,
            failed: 0,
        };
        let (five, ten) = (Duration::from_secs(5), Duration::from_secs(10));
        assert_eq!(
            count.line(five, Some(ten)),
            "50 seeds, 0 failed, 10 seeds/s, 10 s left"
        );
        assert_eq!(count.share(five, Some(five)), 0.5);
        count.total = 100;
        assert_eq!(
            count.line(five, Some(ten)),
            "50/100 seeds, 0 failed, 10 seeds/s, 5 s left"
        );
    }
}
