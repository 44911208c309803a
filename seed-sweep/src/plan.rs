//! How a sweep is cut into chunks: what one child process runs at a time.
//!
//! Pure arithmetic; knows neither processes nor simulations.

use std::collections::{BTreeSet, VecDeque};
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

/// The chunks of a sweep, every seed once. Seeds that failed before come first, each alone; then the
/// simulations take turns. Chunks shrink towards the end, so that no core is left with a long one when
/// the others are done.
#[derive(Debug)]
pub(crate) struct Plan {
    first: VecDeque<Chunk>,
    simulations: Vec<Turn>,
    end: u64,
    jobs: usize,
    size: Option<u64>,
}

/// What is left of one simulation.
#[derive(Debug)]
struct Turn {
    next: u64,
    /// Seeds that are not the turn's, since they come first.
    known: BTreeSet<u64>,
}

impl Plan {
    /// For each simulation the seeds that failed before; `seeds` for all of them.
    pub(crate) fn new(known: &[BTreeSet<u64>], seeds: Range<u64>, jobs: usize) -> Self {
        let alone = |simulation, seed: u64| Chunk {
            simulation,
            seeds: seed..seed + 1,
        };
        let of = |(simulation, known): (usize, &BTreeSet<u64>)| {
            let chunks = known.iter().map(move |seed| alone(simulation, *seed));
            chunks.collect::<Vec<_>>()
        };
        Self {
            first: known.iter().enumerate().flat_map(of).collect(),
            simulations: known
                .iter()
                .map(|known| Turn {
                    next: seeds.start,
                    known: known.clone(),
                })
                .collect(),
            end: seeds.end,
            jobs,
            size: None,
        }
    }

    /// The same with chunks of `size` seeds, if that is given.
    pub(crate) fn of_size(self, size: Option<u64>) -> Self {
        Self { size, ..self }
    }

    /// Hands out no more of a simulation; how many of its seeds that leaves.
    pub(crate) fn leave(&mut self, simulation: usize) -> u64 {
        let waiting = self.first.len();
        self.first.retain(|chunk| chunk.simulation != simulation);
        let waiting = (waiting - self.first.len()) as u64;
        let turn = &mut self.simulations[simulation];
        let begin = std::mem::replace(&mut turn.next, self.end);
        let known = turn.known.range(begin..self.end).count() as u64;
        waiting + (self.end - begin - known)
    }

    /// How many seeds a chunk is to hold now.
    fn length(&self) -> u64 {
        if let Some(size) = self.size {
            return size;
        }
        let left = self.simulations.iter().map(|turn| self.end - turn.next);
        let share = left.map(u128::from).sum::<u128>() / (4 * self.jobs as u128);
        u64::try_from(share)
            .unwrap_or(LARGEST)
            .clamp(SMALLEST, LARGEST)
    }
}

impl Iterator for Plan {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        if let Some(chunk) = self.first.pop_front() {
            return Some(chunk);
        }
        let (end, length) = (self.end, self.length());
        loop {
            let turns = self.simulations.iter_mut().enumerate();
            let (simulation, turn) = turns
                .filter(|(_, turn)| turn.next < end)
                .min_by_key(|(_, turn)| turn.next)?;
            let seeds = turn.take(length, end);
            if !seeds.is_empty() {
                return Some(Chunk { simulation, seeds });
            }
        }
    }
}

impl Turn {
    /// The next seeds, at most `length` and up to `end` or to one that came first.
    fn take(&mut self, length: u64, end: u64) -> Range<u64> {
        let begin = self.next;
        if self.known.contains(&begin) {
            self.next += 1;
            return begin..begin;
        }
        let known = self.known.range(begin..).next().copied();
        let bound = end.min(known.unwrap_or(end));
        self.next = begin.saturating_add(length).min(bound);
        begin..self.next
    }
}

/// Whether a sweep over `seeds` runs `seed` a second time, to see whether it ends the same way.
pub(crate) fn is_run_twice(seeds: &Range<u64>, seed: u64) -> bool {
    seeds.contains(&seed) && (seed - seeds.start).is_multiple_of(50)
}

#[cfg(test)]
mod tests {
    //! Every seed once, and balance.

    use std::collections::BTreeSet;
    use std::ops::Range;

    use super::{Chunk, LARGEST, Plan, is_run_twice};

    fn plan(simulations: usize, seeds: Range<u64>, jobs: usize) -> Plan {
        Plan::new(&vec![BTreeSet::new(); simulations], seeds, jobs)
    }

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
            let chunks: Vec<Chunk> = plan(simulations, seeds.clone(), jobs).collect();
            for simulation in 0..simulations {
                assert_eq!(
                    covered(&chunks, simulation),
                    seeds.clone().collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn known_seeds_come_first_and_alone_and_not_again() {
        let known = [BTreeSet::from([3, 4, 9, 70]), BTreeSet::new()];
        let chunks: Vec<Chunk> = Plan::new(&known, 0..10, 2).of_size(Some(6)).collect();
        let seeds: Vec<_> = chunks
            .iter()
            .map(|chunk| (chunk.simulation, chunk.seeds.clone()))
            .collect();
        let first = [(0, 3..4), (0, 4..5), (0, 9..10), (0, 70..71)];
        let then = [(0, 0..3), (1, 0..6), (0, 5..9), (1, 6..10)];
        assert_eq!(seeds, [first, then].concat());
    }

    #[test]
    fn of_a_simulation_that_is_left_no_seed_is_planned_and_each_is_counted_once() {
        let known = [BTreeSet::from([3, 4, 9, 70]), BTreeSet::from([5])];
        for taken in 0..9 {
            let mut plan = Plan::new(&known, 0..10, 2).of_size(Some(2));
            let mut chunks: Vec<Chunk> = plan.by_ref().take(taken).collect();
            let left = plan.leave(0);
            assert_eq!(plan.leave(0), 0);
            let before = covered(&chunks, 0).len() as u64;
            chunks.extend(plan);
            assert_eq!(covered(&chunks, 0).len() as u64, before);
            assert_eq!(before + left, 11);
            assert_eq!(BTreeSet::from_iter(covered(&chunks, 1)).len(), 10);
        }
    }

    #[test]
    fn simulations_take_turns_so_that_a_sweep_without_end_runs_all_of_them() {
        let simulations: BTreeSet<usize> = plan(3, 0..u64::MAX, 2)
            .take(3)
            .map(|chunk| chunk.simulation)
            .collect();
        assert_eq!(simulations, BTreeSet::from([0, 1, 2]));
    }

    #[test]
    fn chunks_shrink_towards_the_end_so_that_the_cores_finish_together() {
        let lengths: Vec<usize> = plan(1, 0..10_000, 2)
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
            plan(1, top.clone(), 1).collect::<Vec<_>>(),
            [Chunk {
                simulation: 0,
                seeds: top
            }]
        );
        assert_eq!(
            plan(9, 0..u64::MAX, 2).next().map(|chunk| chunk.seeds),
            Some(0..LARGEST)
        );
    }

    #[test]
    fn nothing_to_run_is_an_empty_plan() {
        assert_eq!(plan(0, 0..100, 2).next(), None);
    }

    #[test]
    fn one_seed_in_fifty_and_always_the_first_is_run_twice() {
        let seeds = 7..207;
        let twice: Vec<u64> = (0..300)
            .filter(|seed| is_run_twice(&seeds, *seed))
            .collect();
        assert_eq!(twice, [7, 57, 107, 157]);
        assert!(is_run_twice(&(9..10), 9));
    }
}
