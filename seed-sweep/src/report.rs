//! What a sweep found, as it is written to a file: totals for each simulation, failures by cause.
//!
//! Knows outcomes, not processes, and nothing of how it is shown (`summary`, `junit`) or joined with
//! others (`merge`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::alone::{Alone, Verdict};
use crate::cause;
use crate::outcome::{Failure, Outcome};
use crate::protocol::Run;
use crate::shard::Shard;

/// The form of the file; another number is another form.
pub(crate) const VERSION: u32 = 1;

/// How many seeds are named for each cause.
const NAMED: usize = 20;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) version: u32,
    pub(crate) parts: Vec<Part>,
    /// Whether it was interrupted.
    pub(crate) interrupted: bool,
    /// How long it took, in seconds of real time.
    pub(crate) seconds: f64,
    pub(crate) simulations: BTreeMap<String, Totals>,
    /// The least seed first.
    pub(crate) causes: Vec<Cause>,
}

/// Which seeds were to be run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Part {
    /// The least seed of all shards.
    pub(crate) begin: u64,
    /// One more than their highest.
    pub(crate) end: u64,
    pub(crate) shard: Shard,
}

/// The seeds of one simulation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    /// Those that came to an end.
    pub(crate) seeds: u64,
    pub(crate) failed: u64,
    /// Those that were run again, alone in a fresh process.
    pub(crate) again: u64,
    pub(crate) not_deterministic: u64,
    pub(crate) leaking: u64,
    pub(crate) work: BTreeMap<String, Amount>,
    /// By kind.
    #[serde(default)]
    pub(crate) faults: BTreeMap<String, Fault>,
    /// The seeds in which no kind was on.
    #[serde(default)]
    pub(crate) without_faults: u64,
}

/// How much of one kind of work was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Amount {
    /// Stays at the highest number where it would not fit.
    pub(crate) total: u64,
    /// The seeds that did none of it.
    pub(crate) seeds_without: u64,
}

/// How much one kind of fault did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    /// The seeds in which it was on.
    pub(crate) seeds: u64,
    /// Those of them in which it struck.
    pub(crate) seeds_struck: u64,
    /// How often it struck in all of them.
    pub(crate) struck: u64,
}

/// Failures of one simulation at one site; what is told of them is that of the least seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cause {
    pub(crate) simulation: String,
    /// What groups them.
    pub(crate) kind: String,
    /// Site and message, escaped to be one line.
    pub(crate) cause: String,
    /// How many seeds failed so.
    pub(crate) count: u64,
    /// The least of them.
    pub(crate) seeds: BTreeSet<u64>,
    /// What the least seed does alone; absent when there was no time to see.
    pub(crate) alone: Option<Verdict>,
    /// How many of the seeds do otherwise alone.
    pub(crate) otherwise: u64,
    pub(crate) block: String,
    /// What to paste to see it again.
    pub(crate) replay: String,
}

impl Part {
    /// The seeds of all shards.
    pub(crate) fn whole(&self) -> Range<u64> {
        self.begin..self.end
    }

    /// Those of this shard.
    pub(crate) fn seeds(&self) -> Range<u64> {
        self.shard.part(&self.whole())
    }
}

impl Report {
    pub(crate) fn new<'a>(part: Part, simulations: impl Iterator<Item = &'a str>) -> Self {
        Self {
            version: VERSION,
            parts: vec![part],
            interrupted: false,
            seconds: 0.0,
            simulations: simulations
                .map(|name| (name.to_owned(), Totals::default()))
                .collect(),
            causes: Vec::new(),
        }
    }

    /// Counts a seed that ended, and what it did alone if that was tried.
    pub(crate) fn add(
        &mut self,
        simulation: &str,
        outcome: Outcome,
        alone: Option<&Alone>,
        line: &str,
    ) {
        let totals = self.simulations.entry(simulation.to_owned()).or_default();
        totals.seeds += 1;
        totals.failed += u64::from(outcome.is_failed());
        if let Some(run) = &outcome.run {
            totals.count(run);
        }
        let verdict = alone.map(|alone| alone.verdict);
        totals.again += u64::from(verdict.is_some());
        totals.not_deterministic += u64::from(verdict == Some(Verdict::NotDeterministic));
        totals.leaking += u64::from(verdict == Some(Verdict::Leaks));
        let failure = outcome.failure.clone();
        let failure = match alone.filter(|alone| alone.verdict != Verdict::Same) {
            None => failure,
            Some(alone) => Some(note(failure, alone)),
        };
        if let Some(Failure { cause, block }) = failure {
            self.charge(Cause {
                simulation: simulation.to_owned(),
                kind: cause::kind(&cause),
                cause,
                count: 1,
                seeds: [outcome.seed].into(),
                alone: verdict,
                otherwise: u64::from(verdict.is_some_and(|verdict| verdict != Verdict::Same)),
                block,
                replay: replay(line, simulation, &outcome, verdict),
            });
        }
    }

    /// Adds a cause to its like.
    pub(crate) fn charge(&mut self, cause: Cause) {
        let like = |other: &&mut Cause| {
            (&other.simulation, &other.kind) == (&cause.simulation, &cause.kind)
        };
        match self.causes.iter_mut().find(like) {
            None => self.causes.push(cause),
            Some(known) => known.join(cause),
        }
        self.causes
            .sort_by(|one, other| one.order().cmp(&other.order()));
    }
}

impl Totals {
    fn count(&mut self, run: &Run) {
        self.without_faults += u64::from(run.faults.is_empty());
        for (kind, struck) in &run.faults {
            self.faults.entry(kind.clone()).or_default().join(Fault {
                seeds: 1,
                seeds_struck: u64::from(*struck > 0),
                struck: *struck,
            });
        }
        for (name, amount) in &run.work {
            self.work.entry(name.clone()).or_default().join(Amount {
                total: *amount,
                seeds_without: u64::from(*amount == 0),
            });
        }
    }

    pub(crate) fn join(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.failed += other.failed;
        self.again += other.again;
        self.not_deterministic += other.not_deterministic;
        self.leaking += other.leaking;
        for (name, amount) in &other.work {
            self.work.entry(name.clone()).or_default().join(*amount);
        }
        self.without_faults += other.without_faults;
        for (kind, fault) in &other.faults {
            self.faults.entry(kind.clone()).or_default().join(*fault);
        }
    }
}

impl Fault {
    fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.seeds_struck += other.seeds_struck;
        self.struck = self.struck.saturating_add(other.struck);
    }
}

impl Amount {
    fn join(&mut self, other: Self) {
        self.total = self.total.saturating_add(other.total);
        self.seeds_without += other.seeds_without;
    }
}

impl Cause {
    pub(crate) fn least(&self) -> u64 {
        self.seeds.first().copied().unwrap_or_default()
    }

    fn order(&self) -> (u64, &str, &str) {
        (self.least(), &self.simulation, &self.kind)
    }

    fn join(&mut self, mut other: Self) {
        if other.least() < self.least() {
            std::mem::swap(self, &mut other);
        }
        self.count += other.count;
        self.otherwise += other.otherwise;
        self.seeds.extend(other.seeds);
        while self.seeds.len() > NAMED {
            self.seeds.pop_last();
        }
    }
}

/// A failure that says how the seed behaves alone; of a seed that passed, that is the failure.
fn note(failure: Option<Failure>, alone: &Alone) -> Failure {
    let text = alone.verdict.text();
    let difference = &alone.difference;
    match failure {
        None => Failure {
            cause: text.to_owned(),
            block: difference.clone(),
        },
        Some(Failure { cause, block }) => Failure {
            cause,
            block: format!("{block}\n{text}\n{difference}"),
        },
    }
}

/// What to paste to see one failure again: the seed alone, or with what ran before it in its process.
fn replay(line: &str, simulation: &str, outcome: &Outcome, verdict: Option<Verdict>) -> String {
    let Outcome { seed, began, .. } = outcome;
    if verdict != Some(Verdict::Leaks) {
        return format!("{line} --seed {seed} --filter {simulation}");
    }
    let count = seed - began + 1;
    format!("{line} --seeds {began}..+{count} --chunk {count} --fresh --filter {simulation}")
}

#[cfg(test)]
mod tests {
    //! What several cores tell in any order.

    use super::{Part, Report};
    use crate::alone::{Alone, Verdict};
    use crate::outcome::{Failure, Outcome};
    use crate::shard::Shard;

    fn report() -> Report {
        let part = Part {
            begin: 0,
            end: 100,
            shard: Shard::WHOLE,
        };
        Report::new(part, ["a", "b"].into_iter())
    }

    fn failed(seed: u64) -> Outcome {
        Outcome {
            seed,
            began: 20,
            run: None,
            failure: Some(Failure {
                cause: format!("x.rs:1:1: lost {seed}"),
                block: format!("block {seed}"),
            }),
        }
    }

    #[test]
    fn the_least_seed_of_a_cause_is_kept_whichever_is_told_first() {
        let mut report = report();
        for (simulation, seed) in [("b", 40), ("a", 50), ("b", 30), ("a", 60)] {
            report.add(simulation, failed(seed), None, "sweep");
        }
        let told: Vec<_> = report
            .causes
            .iter()
            .map(|cause| {
                (
                    cause.simulation.as_str(),
                    cause.count,
                    cause.block.as_str(),
                    cause.replay.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("b", 2, "block 30", "sweep --seed 30 --filter b"),
                ("a", 2, "block 50", "sweep --seed 50 --filter a")
            ]
        );
    }

    #[test]
    fn a_cause_names_its_least_seeds_and_counts_all() {
        let mut report = report();
        (21..90)
            .rev()
            .for_each(|seed| report.add("a", failed(seed), None, "sweep"));
        let [cause] = &report.causes[..] else {
            panic!("{report:?}")
        };
        assert_eq!(cause.count, 69);
        assert_eq!(
            Vec::from_iter(cause.seeds.iter().copied()),
            Vec::from_iter(21..41)
        );
    }

    #[test]
    fn a_leak_is_replayed_with_what_ran_before_it() {
        let mut report = report();
        let alone = Alone {
            verdict: Verdict::Leaks,
            difference: "both".to_owned(),
        };
        let passed = Outcome {
            failure: None,
            ..failed(25)
        };
        report.add("a", passed, Some(&alone), "sweep");
        let [cause] = &report.causes[..] else {
            panic!("{report:?}")
        };
        assert!(
            cause.cause.starts_with("state leaks from seed to seed"),
            "{}",
            cause.cause
        );
        assert_eq!(
            cause.replay,
            "sweep --seeds 20..+6 --chunk 6 --fresh --filter a"
        );
    }
}
