//! The order of another run.

use super::Policy;
use crate::ready::ReadySet;
use std::sync::Arc;

const ADVICE: &str = "The program, its seed or its faults are not those of the recorded run: record \
                      it anew, or use another schedule";

pub(super) struct Replay {
    polls: Arc<[u32]>,
    next: usize,
}

impl Replay {
    pub(super) fn new(polls: Arc<[u32]>) -> Self {
        Self { polls, next: 0 }
    }

    fn does_not_fit(&self, why: std::fmt::Arguments<'_>) -> String {
        let at = self.next;
        format!("the schedule that is replayed does not fit: after {at} polls {why}. {ADVICE}")
    }
}

impl Policy for Replay {
    fn choose(&mut self, ready: &ReadySet, _now: u64) -> Result<u32, String> {
        let Some(&task) = self.polls.get(self.next) else {
            return Err(self.does_not_fit(format_args!("it ends, and the run goes on")));
        };
        if !ready.contains(task) {
            return Err(self.does_not_fit(format_args!("task {task} is next, and not ready")));
        }
        self.next += 1;
        Ok(task)
    }

    fn end(&self) -> Result<(), String> {
        let left = self.polls.len() - self.next;
        match left {
            0 => Ok(()),
            left => Err(self.does_not_fit(format_args!("the run ends, and {left} are left"))),
        }
    }
}
