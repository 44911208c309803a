//! Which failing seeds run again: of each cause the least few, in whatever order they are found.
//!
//! Pure: knows seeds and causes, and runs nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::cause;

/// How many failing seeds of one cause run again. A cause that does otherwise alone in every other of its seeds is
/// found out by eight of them but for one time in 256; a process for each of hundreds tells no more, and where
/// seeds are slow it takes hours.
pub(crate) const SAMPLE: usize = 8;

/// The least seeds of each cause that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    /// By the position of the simulation and the kind of the cause.
    least: BTreeMap<(usize, String), BTreeSet<u64>>,
}

impl Sample {
    /// Whether the seed is among the least of its cause so far. One that is among the least of all of them is told
    /// so whenever it is found; one that is told so may be found not to be among them later.
    pub(crate) fn takes(&mut self, simulation: usize, cause: &str, seed: u64) -> bool {
        let least = self
            .least
            .entry((simulation, cause::kind(cause)))
            .or_default();
        least.insert(seed);
        if least.len() > SAMPLE {
            least.pop_last();
        }
        least.contains(&seed)
    }
}

#[cfg(test)]
mod tests {
    //! Seeds in order and out of it.

    use super::{SAMPLE, Sample};

    #[test]
    fn found_in_order_the_least_are_taken_and_no_others() {
        let mut sample = Sample::default();
        let mut taken = |simulation, cause: &str| -> Vec<u64> {
            (3..60)
                .filter(|seed| {
                    sample.takes(simulation, &format!("x.rs:1:1: {cause} {seed}"), *seed)
                })
                .collect()
        };
        let least = Vec::from_iter(3..3 + SAMPLE as u64);
        assert_eq!(taken(0, "lost"), least);
        assert_eq!(taken(0, "late"), least, "of another cause");
        assert_eq!(taken(1, "lost"), least, "of another simulation");
    }

    #[test]
    fn found_in_any_order_the_least_are_taken() {
        for step in [1, 7, 31, 59] {
            let mut sample = Sample::default();
            let seeds = (0..60).map(|index| index * step % 60);
            let taken = Vec::from_iter(seeds.filter(|seed| sample.takes(0, "lost", *seed)));
            assert!(
                (0..SAMPLE as u64).all(|seed| taken.contains(&seed)),
                "{taken:?}"
            );
        }
    }
}
