//! Priorities, and the choices at which they change.

use super::{Policy, place};
use crate::{draws::Draws, ready::ReadySet};
use std::collections::BinaryHeap;

/// After so many choices at one instant whoever is chosen becomes the least.
const PATIENCE: u32 = 10_000;

/// A priority as it is drawn is above all to which one is changed.
const DRAWN: i64 = 1 << 32;

pub(super) struct Pct {
    draws: Draws,
    /// Before which choices, and to what. The order in which they were drawn is that of what they
    /// change to.
    changes: Vec<(u32, i64)>,
    priorities: Vec<i64>,
    /// Those that are ready. What is not, or not with this priority, was taken out.
    queue: BinaryHeap<(i64, u32)>,
    /// Choices among several so far.
    choices: u32,
    instant: u64,
    patience: u32,
    /// What the next to lose patience with gets.
    least: i64,
}

impl Pct {
    pub(super) fn new(depth: u32, steps: u32, mut draws: Draws) -> Self {
        let changes = (1..depth).map(|to| (1 + draws.below(steps), i64::from(to)));
        Self {
            changes: changes.collect(),
            draws,
            priorities: Vec::new(),
            queue: BinaryHeap::new(),
            choices: 0,
            instant: 0,
            patience: PATIENCE,
            least: 0,
        }
    }

    /// Takes the highest of those that are ready.
    fn highest(&mut self, ready: &ReadySet) -> u32 {
        let priorities = &self.priorities;
        let waits = |(priority, task): &(i64, u32)| {
            priorities[*task as usize] == *priority && ready.contains(*task)
        };
        let next = std::iter::from_fn(|| self.queue.pop()).find(waits);
        next.expect("who became ready is in the queue").1
    }

    /// The choice is among several: priorities change before some.
    fn change(&mut self, mut task: u32, ready: &ReadySet) -> u32 {
        self.choices = self.choices.saturating_add(1);
        for change in 0..self.changes.len() {
            let (before, to) = self.changes[change];
            if before == self.choices {
                self.priorities[task as usize] = to;
                self.queue.push((to, task));
                task = self.highest(ready);
            }
        }
        task
    }

    /// Nobody may be waited for at one instant for ever.
    fn lose_patience(&mut self, task: u32, now: u64) {
        if self.instant != now {
            (self.instant, self.patience) = (now, PATIENCE);
        }
        match self.patience.checked_sub(1) {
            Some(left) => self.patience = left,
            None => {
                self.least -= 1;
                self.priorities[task as usize] = self.least;
            }
        }
    }
}

impl Policy for Pct {
    fn spawned(&mut self, task: u32) {
        let drawn = DRAWN + (self.draws.next_u64() >> 2) as i64;
        *place(&mut self.priorities, task) = drawn;
    }

    fn ready(&mut self, task: u32) {
        self.queue.push((self.priorities[task as usize], task));
    }

    fn choose(&mut self, ready: &ReadySet, now: u64) -> Result<u32, String> {
        let mut task = self.highest(ready);
        if ready.len() > 1 {
            task = self.change(task, ready);
            self.lose_patience(task, now);
        }
        Ok(task)
    }
}
