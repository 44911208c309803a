//! How the tasks of a run are ended on a runtime that outlives it. It knows nothing of what they do.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::task::AbortHandle;

/// The tasks that have not ended.
#[derive(Default)]
pub(crate) struct Handles(Mutex<Open>);

#[derive(Default)]
struct Open {
    next: u64,
    /// Whether every task is to end, one that comes from now on included.
    over: bool,
    /// `None` while the task is being spawned.
    tasks: HashMap<u64, Option<AbortHandle>>,
}

impl Handles {
    /// Makes a place for a task that is to be spawned.
    pub(crate) fn add(&self) -> u64 {
        let mut open = self.lock();
        open.next += 1;
        let id = open.next;
        open.tasks.insert(id, None);
        id
    }

    /// Tells how the task is ended that has this place.
    pub(crate) fn spawned(&self, id: u64, task: AbortHandle) {
        let mut open = self.lock();
        if open.over {
            drop(open);
            task.abort();
        } else if let Some(place) = open.tasks.get_mut(&id) {
            *place = Some(task);
        }
    }

    /// The task has ended.
    pub(crate) fn remove(&self, id: u64) {
        let handle = self.lock().tasks.remove(&id);
        drop(handle);
    }

    /// Ends every task, each on a thread of its runtime, also one that was let in and has no place yet.
    pub(crate) fn abort(&self) -> Vec<AbortHandle> {
        let mut open = self.lock();
        open.over = true;
        let tasks = mem::take(&mut open.tasks);
        drop(open);
        let tasks: Vec<_> = tasks.into_values().flatten().collect();
        tasks.iter().for_each(AbortHandle::abort);
        tasks
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
