//! How a sweep is cut into chunks: what one child process runs at a time.
//!
//! Pure arithmetic; knows neither processes nor simulations.

use std::ops::Range;

/// Enough seeds to pay for a process, few enough that the last chunks end together.
const SMALLEST: u64 = 5;
const LARGEST: u64 = 200;

/// Consecutive seeds of one simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Its position in the sweep's list.
    pub(crate) simulation: usize,
    pub(crate) seeds: Range<u64>,
}

/// The chunks of a sweep in order, every seed once; they shrink towards the end, so that no core
/// is left with a long chunk when the others are done.
#[derive(Debug)]
pub(crate) struct Plan {
    seeds: Range<u64>,
    simulations: usize,
    jobs: usize,
    next: (usize, u64),
}

impl Plan {
    pub(crate) fn new(simulations: usize, seeds: Range<u64>, jobs: usize) -> Self {
        Self {
            next: (0, seeds.start),
            seeds,
            simulations,
            jobs,
        }
    }

    /// Seeds that are not yet handed out, over all simulations.
    fn remaining(&self) -> u128 {
        let (simulation, seed) = self.next;
        let untouched = self.simulations.saturating_sub(simulation + 1) as u128;
        untouched * u128::from(self.seeds.end - self.seeds.start)
            + u128::from(self.seeds.end - seed)
    }
}

impl Iterator for Plan {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let (simulation, begin) = self.next;
        if simulation >= self.simulations {
            return None;
        }
        let share = self.remaining() / (4 * self.jobs as u128);
        let length = u64::try_from(share)
            .unwrap_or(LARGEST)
            .clamp(SMALLEST, LARGEST);
        let end = begin.saturating_add(length).min(self.seeds.end);
        self.next = if end == self.seeds.end {
            (simulation + 1, self.seeds.start)
        } else {
            (simulation, end)
        };
        Some(Chunk {
            simulation,
            seeds: begin..end,
        })
    }
}

/// The seeds that a sweep runs a second time, to see whether they end the same way.
pub(crate) fn is_run_twice(seeds: &Range<u64>, seed: u64) -> bool {
    (seed - seeds.start).is_multiple_of(50)
}

#[cfg(test)]
mod tests {
    //! Every seed once, and balance.

    use super::{Chunk, LARGEST, Plan, is_run_twice};

    fn covered(chunks: &[Chunk], simulation: usize) -> Vec<u64> {
        chunks
            .iter()
            .filter(|chunk| chunk.simulation == simulation)
            .flat_map(|chunk| chunk.seeds.clone())
            .collect()
    }

    #[test]
    fn every_seed_of_every_simulation_is_run_once_in_order() {
        for (simulations, seeds, jobs) in [
            (1, 0..1, 1),
            (1, 7..1007, 2),
            (3, 0..100, 64),
            (2, 5..11, 3),
        ] {
            let chunks: Vec<Chunk> = Plan::new(simulations, seeds.clone(), jobs).collect();
            for simulation in 0..simulations {
                assert_eq!(
                    covered(&chunks, simulation),
                    seeds.clone().collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn chunks_shrink_towards_the_end_so_that_the_cores_finish_together() {
        let lengths: Vec<usize> = Plan::new(1, 0..10_000, 2)
            .map(|chunk| chunk.seeds.count())
            .collect();
        assert_eq!(lengths.first(), Some(&(LARGEST as usize)));
        assert!(
            lengths.is_sorted_by(|earlier, later| earlier >= later),
            "{lengths:?}"
        );
        assert!(
            lengths.iter().rev().take(4).all(|length| *length <= 5),
            "{lengths:?}"
        );
    }

    #[test]
    fn the_highest_seeds_are_planned_without_overflow_and_a_huge_range_at_no_cost() {
        let top = u64::MAX - 3..u64::MAX;
        assert_eq!(
            Plan::new(1, top.clone(), 1).collect::<Vec<_>>(),
            [Chunk {
                simulation: 0,
                seeds: top
            }]
        );
        assert_eq!(
            Plan::new(9, 0..u64::MAX, 2).next().map(|chunk| chunk.seeds),
            Some(0..LARGEST)
        );
    }

    #[test]
    fn nothing_to_run_is_an_empty_plan() {
        assert_eq!(Plan::new(0, 0..100, 2).next(), None);
    }

    #[test]
    fn one_seed_in_fifty_and_always_the_first_is_run_twice() {
        let seeds = 7..207;
        let twice: Vec<u64> = seeds
            .clone()
            .filter(|seed| is_run_twice(&seeds, *seed))
            .collect();
        assert_eq!(twice, [7, 57, 107, 157]);
        assert!(is_run_twice(&(9..10), 9));
    }
}
