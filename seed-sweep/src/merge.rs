//! Reports of parts of a sweep as one report, and what all of it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::report::{Part, Report, VERSION};
use crate::shard::Shard;

/// Reads and joins them.
pub(crate) fn merge(paths: &[PathBuf]) -> Result<Report> {
    let mut reports = paths.iter().map(|path| {
        read(path).with_context(|| format!("{} is no report of a sweep", path.display()))
    });
    let first = reports.next().context("no report to merge")??;
    let mut merged = reports.try_fold(first, |merged, report| merged.join(report?))?;
    merged.fold_parts();
    Ok(merged)
}

fn read(path: &Path) -> Result<Report> {
    let text = fs::read_to_string(path).context("it cannot be read")?;
    let value: serde_json::Value = serde_json::from_str(&text).context("it is no JSON")?;
    ensure!(
        value["version"] == VERSION,
        "its version is {}, and {VERSION} is understood: write it again with this seed-sweep",
        value["version"]
    );
    serde_json::from_str(&text).context("it lacks a part")
}

impl Report {
    /// Both as one.
    ///
    /// # Errors
    /// When they cover a seed twice, or are of different simulations.
    pub(crate) fn join(mut self, other: Self) -> Result<Self> {
        for part in &other.parts {
            if let Some(twice) = self.parts.iter().find(|known| known.overlaps(part)) {
                bail!("{twice} and {part} hold the same seeds: merge each report once");
            }
        }
        let (ours, theirs) = (self.simulations.keys(), other.simulations.keys());
        ensure!(
            ours.eq(theirs),
            "the reports are of different simulations: sweep every shard with the same filter and code"
        );
        self.parts.extend(other.parts);
        self.interrupted |= other.interrupted;
        // They ran at the same time.
        self.seconds = self.seconds.max(other.seconds);
        for (name, totals) in &other.simulations {
            self.simulations
                .entry(name.clone())
                .or_default()
                .join(totals);
        }
        other
            .causes
            .into_iter()
            .for_each(|cause| self.charge(cause));
        Ok(self)
    }

    /// Says of shards that are all there that they are the whole.
    pub(crate) fn fold_parts(&mut self) {
        self.parts.sort();
        let missing = self.missing();
        for part in &mut self.parts {
            let is_whole = !missing.iter().any(|lack| lack.is_of(part));
            if is_whole {
                part.shard = Shard::WHOLE;
            }
        }
        self.parts.dedup();
    }

    /// The shards whose reports are not among those merged.
    pub(crate) fn missing(&self) -> BTreeSet<Part> {
        let sweeps = self.parts.iter();
        let shards = sweeps.flat_map(|part| {
            (1..=part.shard.of).map(|number| Part {
                shard: Shard {
                    number,
                    of: part.shard.of,
                },
                ..part.clone()
            })
        });
        shards.filter(|part| !self.parts.contains(part)).collect()
    }
}

impl Part {
    fn overlaps(&self, other: &Self) -> bool {
        let (one, other) = (self.seeds(), other.seeds());
        one.start < other.end && other.start < one.end
    }

    /// Whether both are shards of one sweep.
    fn is_of(&self, other: &Self) -> bool {
        self.whole() == other.whole() && self.shard.of == other.shard.of
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "shard {} of seeds {:?}", self.shard, self.whole())
    }
}

#[cfg(test)]
mod tests {
    //! Shards of one sweep and of others.

    use super::{Part, Report, Shard};

    fn report(number: u64, of: u64, simulation: &str) -> Report {
        let part = Part {
            begin: 0,
            end: 100,
            shard: Shard { number, of },
        };
        Report::new(part, [simulation].into_iter())
    }

    #[test]
    fn shards_that_are_all_there_are_the_whole() {
        let mut merged = report(2, 2, "a").join(report(1, 2, "a")).unwrap();
        merged.fold_parts();
        assert_eq!(merged, report(1, 1, "a"));
        assert!(merged.missing().is_empty());
    }

    #[test]
    fn a_shard_that_is_not_there_is_missed() {
        let mut merged = report(1, 3, "a").join(report(3, 3, "a")).unwrap();
        merged.fold_parts();
        let missing: Vec<String> = merged.missing().iter().map(ToString::to_string).collect();
        assert_eq!(missing, ["shard 2/3 of seeds 0..100"]);
    }

    #[test]
    fn a_seed_is_not_counted_twice() {
        for (one, other) in [((1, 2), (1, 2)), ((1, 1), (2, 2)), ((1, 3), (1, 2))] {
            let error = report(one.0, one.1, "a")
                .join(report(other.0, other.1, "a"))
                .unwrap_err();
            assert!(error.to_string().contains("hold the same seeds"), "{error}");
        }
    }

    #[test]
    fn reports_of_different_simulations_are_not_joined() {
        let error = report(1, 2, "a").join(report(2, 2, "b")).unwrap_err();
        assert!(
            error.to_string().contains("of different simulations"),
            "{error}"
        );
    }
}
