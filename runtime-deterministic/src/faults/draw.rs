//! What a seed draws of faults: how many kinds, how often, how long.
//!
//! It knows the distributions, and not what a fault does.

use super::{FaultKind, Faults};
use crate::{
    Ratio,
    draws::{Draws, Purpose},
};
use std::time::Duration;

/// Of a hundred seeds so many have no fault.
const NONE: u32 = 10;
/// So many have few kinds, and how many those are.
const FEW: u32 = 25;
const FEW_KINDS: u32 = 3;
/// The others have each kind with one of these probabilities.
const DENSITIES: [Ratio; 3] = [Ratio::new(1, 4), Ratio::new(1, 2), Ratio::new(3, 4)];

impl Faults {
    /// What a seed makes of it: where nothing is to be drawn, the same.
    pub(crate) fn draw(&self, seed: u64) -> Self {
        if !self.drawn {
            return self.clone();
        }
        let draws = &mut Draws::new(seed, Purpose::Faults);
        let kinds: Vec<_> = self.kinds.keys().copied().collect();
        let kinds = choose(kinds, draws);
        let kinds: Vec<_> = kinds
            .into_iter()
            .map(|kind| (kind, Ratio::new(1, 2 << draws.below(6))))
            .collect();
        let times = [
            Duration::from_millis(1 << draws.below(10)),
            Duration::from_millis(1 << draws.below(14)),
            Duration::from_millis(100 << draws.below(11)),
        ];
        if kinds.is_empty() {
            return Self::none();
        }
        Self::of(kinds)
            .pace(self.pace.unwrap_or(times[0]))
            .outage(self.outage.unwrap_or(times[1]))
            .until(self.until.unwrap_or(times[2]))
    }
}

fn choose(mut kinds: Vec<FaultKind>, draws: &mut Draws) -> Vec<FaultKind> {
    let share = draws.below(100);
    if share < NONE {
        kinds.clear();
    } else if share < NONE + FEW {
        draws.shuffle(&mut kinds);
        kinds.truncate(1 + draws.below(FEW_KINDS) as usize);
        kinds.sort();
    } else {
        let density = DENSITIES[draws.below(DENSITIES.len() as u32) as usize];
        kinds.retain(|_| draws.happens(density));
    }
    kinds
}
