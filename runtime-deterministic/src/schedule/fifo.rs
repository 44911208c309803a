//! Who became ready first.

use super::{Policy, place};
use crate::ready::ReadySet;
use std::collections::VecDeque;

#[derive(Default)]
pub(super) struct Fifo {
    /// Tasks and their tickets. One that was taken out meanwhile has another ticket, or none.
    queue: VecDeque<(u32, u64)>,
    /// Who became ready since the last choice: of them the order of wakes is not to show.
    arrived: Vec<u32>,
    tickets: Vec<u64>,
    drawn: u64,
}

impl Policy for Fifo {
    fn ready(&mut self, task: u32) {
        self.arrived.push(task);
    }

    fn choose(&mut self, ready: &ReadySet, _now: u64) -> Result<u32, String> {
        self.arrived.sort_unstable();
        for task in self.arrived.drain(..) {
            self.drawn += 1;
            *place(&mut self.tickets, task) = self.drawn;
            self.queue.push_back((task, self.drawn));
        }
        let tickets = &self.tickets;
        let waits = |task: u32, ticket| tickets[task as usize] == ticket && ready.contains(task);
        let next = std::iter::from_fn(|| self.queue.pop_front())
            .find(|(task, ticket)| waits(*task, *ticket));
        let (task, _) = next.expect("who became ready is in the queue");
        Ok(task)
    }
}
