//! Tasks that are less likely than others.

use super::{Policy, place};
use crate::{Ratio, draws::Draws, ready::ReadySet};

/// A task's weight is a power of this one, as many as are here.
const QUARTER: u32 = 4;
const WEIGHTS: u32 = 4;

pub(super) struct Weighted {
    draws: Draws,
    weights: Vec<Ratio>,
}

impl Weighted {
    pub(super) fn new(draws: Draws) -> Self {
        Self {
            draws,
            weights: Vec::new(),
        }
    }
}

impl Policy for Weighted {
    fn spawned(&mut self, task: u32) {
        let weight = QUARTER.pow(self.draws.below(WEIGHTS));
        *place(&mut self.weights, task) = Ratio::new(1, weight);
    }

    /// Anybody, until one is taken as often as its weight says: so the number of those that are ready
    /// costs nothing.
    fn choose(&mut self, ready: &ReadySet, _now: u64) -> Result<u32, String> {
        loop {
            let task = ready.choose(|bound| self.draws.below(bound));
            if ready.len() == 1 || self.draws.happens(self.weights[task as usize]) {
                return Ok(task);
            }
        }
    }
}
