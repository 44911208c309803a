//! The seeds that failed when they were last run, kept in a file beside what is built: later sweeps try
//! them first.
//!
//! One line each, the seed and its simulation. A line that is no such line is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

#[derive(Debug, Default)]
pub(crate) struct Known {
    path: PathBuf,
    seeds: BTreeMap<String, BTreeSet<u64>>,
}

impl Known {
    /// What the file holds; nothing when there is none.
    pub(crate) fn load(path: &Path) -> Self {
        let mut seeds: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for line in fs::read_to_string(path).unwrap_or_default().lines() {
            if let Some((seed, simulation)) = line.split_once(' ')
                && let Ok(seed) = seed.parse()
                && seed < u64::MAX
            {
                seeds.entry(simulation.to_owned()).or_default().insert(seed);
            }
        }
        Self {
            path: path.to_owned(),
            seeds,
        }
    }

    pub(crate) fn of(&self, simulation: &str) -> BTreeSet<u64> {
        self.seeds.get(simulation).cloned().unwrap_or_default()
    }

    /// Writes the file anew, without the seeds that passed and with those that failed.
    pub(crate) fn save<'a>(
        mut self,
        passed: impl Iterator<Item = (&'a str, u64)>,
        failed: impl Iterator<Item = (&'a str, u64)>,
    ) -> Result<()> {
        for (simulation, seed) in passed {
            self.seeds
                .entry(simulation.to_owned())
                .or_default()
                .remove(&seed);
        }
        for (simulation, seed) in failed {
            self.seeds
                .entry(simulation.to_owned())
                .or_default()
                .insert(seed);
        }
        let mut text = String::new();
        for (simulation, seeds) in &self.seeds {
            text.extend(seeds.iter().map(|seed| format!("{seed} {simulation}\n")));
        }
        self.write(&text)
            .with_context(|| format!("cannot keep the failing seeds in {}", self.path.display()))
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        if text.is_empty() {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, text)
    }
}

#[cfg(test)]
mod tests {
    //! The file from one sweep to the next.

    use std::collections::BTreeSet;
    use std::fs;

    use super::Known;

    #[test]
    fn what_failed_is_kept_until_it_passes() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("sweep/failing.txt");
        let fails = [
            ("a::simulation", 7),
            ("a::simulation", 9),
            ("b::simulation", 7),
        ];
        Known::load(&path)
            .save([].into_iter(), fails.into_iter())
            .unwrap();
        let known = Known::load(&path);
        assert_eq!(known.of("a::simulation"), BTreeSet::from([7, 9]));
        known
            .save([("a::simulation", 7)].into_iter(), [].into_iter())
            .unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "9 a::simulation\n7 b::simulation\n"
        );
        let passes = [("a::simulation", 9), ("b::simulation", 7)];
        Known::load(&path)
            .save(passes.into_iter(), [].into_iter())
            .unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_line_that_is_none_of_ours_is_dropped() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("failing.txt");
        fs::write(&path, "x\n\n18446744073709551615 a\n-1 a\n7 a\n").unwrap();
        assert_eq!(Known::load(&path).of("a"), BTreeSet::from([7]));
    }
}
