//! What a sweep found, as it is written to a file: totals for each simulation, failures by cause.
//!
//! Knows outcomes, not processes, and nothing of how it is shown (`summary`, `junit`) or joined with
//! others (`merge`).

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::alone::{Alone, Verdict};
use crate::cause;
use crate::outcome::{Failure, Outcome};
use crate::protocol::Run;
use crate::sample::SAMPLE;
use crate::shard::Shard;

/// The form of the file; another number is another form.
pub(crate) const VERSION: u32 = 2;

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
    /// Those that were left out since enough had failed.
    pub(crate) not_run: u64,
    /// Those that were run again, alone in a fresh process; of failing ones, the least of each cause count.
    pub(crate) again: u64,
    /// Of those that ran again.
    pub(crate) not_deterministic: u64,
    /// Of those that ran again.
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

/// Failures of one simulation at one site; what is told of them is that of one seed.
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
    /// The seed of which all that follows is told: the least that ran again, alone; where there was no time for
    /// any, the least.
    pub(crate) shown: u64,
    /// What it does alone; absent when there was no time to see.
    pub(crate) alone: Option<Verdict>,
    /// What each failing seed that ran again does alone: the least of them.
    pub(crate) again: BTreeMap<u64, Verdict>,
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
        if let Some(verdict) = verdict {
            totals.tally(verdict, |count| *count += 1);
        }
        let failure = outcome.failure.clone();
        // A seed that passed is no sample of its cause: that it does otherwise is the cause.
        let again = verdict.filter(|_| failure.is_some());
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
                shown: outcome.seed,
                alone: verdict,
                again: again
                    .map(|verdict| (outcome.seed, verdict))
                    .into_iter()
                    .collect(),
                block,
                replay: replay(line, simulation, &outcome, verdict),
            });
        }
    }

    /// Counts seeds that are not run since enough have failed.
    pub(crate) fn leave_out(&mut self, simulation: &str, seeds: u64) {
        let totals = self.simulations.entry(simulation.to_owned()).or_default();
        totals.not_run += seeds;
    }

    /// Adds a cause to its like.
    pub(crate) fn charge(&mut self, cause: Cause) {
        let like = |other: &&mut Cause| {
            (&other.simulation, &other.kind) == (&cause.simulation, &cause.kind)
        };
        match self.causes.iter_mut().find(like) {
            None => self.causes.push(cause),
            Some(known) => {
                let totals = self
                    .simulations
                    .entry(cause.simulation.clone())
                    .or_default();
                for verdict in known.join(cause) {
                    totals.tally(verdict, |count| *count -= 1);
                }
            }
        }
        self.causes
            .sort_by(|one, other| one.order().cmp(&other.order()));
    }
}

impl Totals {
    /// Changes the counts of what runs again that `verdict` is part of.
    fn tally(&mut self, verdict: Verdict, change: impl Fn(&mut u64)) {
        change(&mut self.again);
        match verdict {
            Verdict::Same => {}
            Verdict::Leaks => change(&mut self.leaking),
            Verdict::NotDeterministic => change(&mut self.not_deterministic),
        }
    }

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
        self.not_run = self.not_run.saturating_add(other.not_run);
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

    /// How many of the seeds that ran again do otherwise alone.
    pub(crate) fn otherwise(&self) -> usize {
        let verdicts = self.again.values();
        verdicts
            .filter(|verdict| **verdict != Verdict::Same)
            .count()
    }

    /// Makes both one. Returns what those seeds do alone that are no more among the least: they ran again only because
    /// lesser ones were found after them, and to count them would tell of the order.
    fn join(&mut self, mut other: Self) -> Vec<Verdict> {
        if other.rank() < self.rank() {
            std::mem::swap(self, &mut other);
        }
        self.count += other.count;
        self.seeds.extend(other.seeds);
        while self.seeds.len() > NAMED {
            self.seeds.pop_last();
        }
        self.again.extend(other.again);
        let beyond = self.again.keys().nth(SAMPLE).copied();
        beyond.map_or_else(Vec::new, |seed| {
            self.again.split_off(&seed).into_values().collect()
        })
    }

    /// The one of lower rank is told of.
    fn rank(&self) -> (bool, u64) {
        (self.alone.is_none(), self.shown)
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
