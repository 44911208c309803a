//! One direction between two hosts: how long what crosses it takes.
//!
//! It is pure: hosts and instants are numbers, and chance is a closure that draws from a range.

use std::{collections::BTreeMap, ops::RangeInclusive};

/// One way between two hosts, in nanoseconds: a first test already has interleavings.
const LATENCY: RangeInclusive<u64> = 100_000..=1_000_000;

/// Draws a number from a range.
pub(super) type Dice<'a> = dyn FnMut(RangeInclusive<u64>) -> u64 + 'a;

/// The directions that a test has set, by the numbers of the hosts they run from and to.
#[derive(Default)]
pub(crate) struct Lines {
    set: BTreeMap<(u32, u32), Line>,
}

/// One direction.
pub(crate) struct Line {
    latency: RangeInclusive<u64>,
}

impl Lines {
    /// How long a segment takes that leaves now.
    pub(super) fn delay(&self, from: u32, to: u32, dice: &mut Dice<'_>) -> u64 {
        match self.set.get(&(from, to)) {
            Some(line) => line.delay(dice),
            None if from == to => 0,
            None => dice(LATENCY),
        }
    }

    /// Whether either direction between the two is set.
    pub(super) fn is_set(&self, one: u32, other: u32) -> bool {
        self.set.contains_key(&(one, other)) || self.set.contains_key(&(other, one))
    }

    /// The direction, to set it.
    pub(super) fn line(&mut self, from: u32, to: u32) -> &mut Line {
        let latency = if from == to { 0..=0 } else { LATENCY };
        self.set.entry((from, to)).or_insert(Line { latency })
    }
}

impl Line {
    pub(super) fn set_latency(&mut self, low: u64, high: u64) {
        self.latency = low.min(high)..=high.max(low);
    }

    fn delay(&self, dice: &mut Dice<'_>) -> u64 {
        match self.latency.start() == self.latency.end() {
            true => *self.latency.start(),
            false => dice(self.latency.clone()),
        }
    }
}
