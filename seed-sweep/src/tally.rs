//! What a sweep found: totals, and the failures by cause, each with the line that replays it.
//!
//! Knows outcomes, not processes.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::cause;
use crate::outcome::{Failure, Outcome};
use crate::protocol::Run;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// How the sweep is called.
    line: &'static str,
    /// Names, in the order in which outcomes refer to them.
    simulations: Vec<String>,
    seeds: u128,
    failed: u128,
    run_twice: u128,
    differing: u128,
    polls: u128,
    nanoseconds: u128,
    causes: BTreeMap<(usize, String), Cause>,
}

/// Failures of one simulation that have one cause; what is kept is that of the least seed.
#[derive(Debug)]
struct Cause {
    count: u128,
    least: u64,
    failure: Failure,
}

impl Tally {
    pub(crate) fn new(line: &'static str, simulations: Vec<String>) -> Self {
        Self {
            line,
            simulations,
            ..Self::default()
        }
    }

    pub(crate) fn any_failed(&self) -> bool {
        !self.causes.is_empty()
    }

    pub(crate) fn add(&mut self, simulation: usize, outcome: Outcome) {
        self.seeds += 1;
        if let Some(run) = outcome.run {
            self.polls += u128::from(run.polls);
            self.nanoseconds += u128::from(run.nanoseconds);
        }
        if let Some(failure) = outcome.failure {
            self.failed += 1;
            self.charge(simulation, outcome.seed, failure);
        }
    }

    /// Compares a second run of a seed with its first.
    pub(crate) fn compare(&mut self, simulation: usize, first: &Run, second: &Outcome) {
        self.run_twice += 1;
        if second.run.as_ref() != Some(first) {
            self.differing += 1;
            self.charge(simulation, first.seed, not_deterministic(first, second));
        }
    }

    fn charge(&mut self, simulation: usize, seed: u64, failure: Failure) {
        let key = (simulation, cause::kind(&failure.cause));
        let cause = self.causes.entry(key).or_insert_with(|| Cause {
            count: 0,
            least: seed,
            failure: failure.clone(),
        });
        cause.count += 1;
        if seed < cause.least {
            cause.least = seed;
            cause.failure = failure;
        }
    }

    /// The causes, the least seed first.
    fn by_seed(&self) -> Vec<(&str, &Cause)> {
        let mut causes: Vec<_> = self
            .causes
            .iter()
            .map(|((simulation, _), cause)| (self.simulations[*simulation].as_str(), cause))
            .collect();
        causes.sort_by_key(|(name, cause)| (cause.least, *name));
        causes
    }

    /// Everything found, and the totals last.
    pub(crate) fn show(&self, elapsed: Duration) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            for (number, (name, cause)) in (1..).zip(self.by_seed()) {
                let Cause {
                    count,
                    least,
                    failure,
                } = cause;
                writeln!(
                    f,
                    "{number}. {name}: {}, the least {least}",
                    plural(*count, "seed")
                )?;
                writeln!(f, "   {}", cause::first_line(&failure.cause))?;
                writeln!(f, "{}", failure.block)?;
                writeln!(f, "replay: {}\n", replay_line(self.line, name, *least))?;
            }
            self.show_totals(f, elapsed)
        })
    }

    fn show_totals(&self, f: &mut fmt::Formatter<'_>, elapsed: Duration) -> fmt::Result {
        let Self {
            seeds,
            failed,
            run_twice,
            differing,
            polls,
            ..
        } = self;
        let simulations = plural(self.simulations.len() as u128, "simulation");
        writeln!(
            f,
            "{simulations}, {} run: {} passed, {failed} failed",
            plural(*seeds, "seed"),
            seeds - failed
        )?;
        writeln!(
            f,
            "{} run twice: {differing} not deterministic",
            plural(*run_twice, "seed")
        )?;
        writeln!(
            f,
            "{polls} polls, {} of virtual time",
            virtual_time(self.nanoseconds)
        )?;
        let seconds = elapsed.as_secs_f64();
        write!(
            f,
            "{seconds:.1} s, {:.0} seeds/s",
            *seeds as f64 / seconds.max(f64::EPSILON)
        )
    }
}

/// What to paste to see one failure again.
pub(crate) fn replay_line(line: &str, simulation: &str, seed: u64) -> String {
    format!("{line} --seed {seed} --filter {simulation}")
}

fn not_deterministic(first: &Run, second: &Outcome) -> Failure {
    let mut block = format!("first run:  {}\n", describe(first));
    match (&second.run, &second.failure) {
        (Some(run), _) => block += &format!("second run: {}", describe(run)),
        (None, Some(failure)) => {
            block += &format!("second run: {}\n{}", failure.cause, failure.block)
        }
        (None, None) => block += "second run: no report",
    }
    Failure {
        cause: "not deterministic: two runs of the seed differ".to_owned(),
        block,
    }
}

fn describe(run: &Run) -> String {
    let Run {
        state,
        polls,
        nanoseconds,
        ..
    } = run;
    format!(
        "audit state {state}, {polls} polls, {} of virtual time",
        virtual_time(u128::from(*nanoseconds))
    )
}

fn plural(count: u128, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn virtual_time(nanoseconds: u128) -> String {
    let seconds = nanoseconds / 1_000_000_000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{:.3} s", nanoseconds as f64 / 1e9),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    //! What several cores tell in any order.

    use std::time::Duration;

    use super::{Failure, Outcome, Tally, virtual_time};

    #[test]
    fn the_least_seed_of_a_cause_is_shown_whichever_is_told_first() {
        let mut tally = Tally::new(
            "cargo xtask seed-sweep",
            vec!["a".to_owned(), "b".to_owned()],
        );
        for (simulation, seed) in [(1, 40), (0, 50), (1, 30), (0, 60)] {
            let failure = Failure {
                cause: "lost".to_owned(),
                block: format!("block {seed}"),
            };
            tally.add(
                simulation,
                Outcome {
                    seed,
                    run: None,
                    failure: Some(failure),
                },
            );
        }
        let shown = tally.show(Duration::from_secs(1)).to_string();
        let expected = "1. b: 2 seeds, the least 30\n   lost\nblock 30\nreplay: cargo xtask seed-sweep --seed 30 --filter b\n\n\
            2. a: 2 seeds, the least 50\n   lost\nblock 50\nreplay: cargo xtask seed-sweep --seed 50 --filter a\n\n";
        assert!(shown.starts_with(expected), "{shown}");
    }

    #[test]
    fn virtual_time_is_told_in_the_units_that_fit() {
        assert_eq!(virtual_time(4_000_000), "0.004 s");
        assert_eq!(virtual_time(61_900_000_000), "1 min 1 s");
        assert_eq!(virtual_time(86_400_000_000_000), "24 h 0 min");
    }
}
