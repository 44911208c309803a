//! The threads that storage may occupy at once, and what waits for one. It knows nothing of files.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What is done on a lane. It does not panic.
type Work = Box<dyn FnOnce() + Send>;

/// At most `limit` threads, which share what waits.
#[derive(Clone)]
pub(crate) struct Lanes(Arc<Shared>);

struct Shared {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: usize,
    waiting: VecDeque<Work>,
}

impl Lanes {
    pub(crate) fn new(limit: usize) -> Self {
        let state = Mutex::default();
        Self(Arc::new(Shared { limit, state }))
    }

    /// Queues `work`. The lane, if there is one more to be had, is for a thread to run.
    pub(crate) fn queue(&self, work: impl FnOnce() + Send + 'static) -> Option<Lane> {
        let mut state = self.lock();
        state.waiting.push_back(Box::new(work));
        if state.running == self.0.limit {
            return None;
        }
        state.running += 1;
        let lanes = self.clone();
        Some(Lane { lanes, over: false })
    }

    /// The next work; a lane that finds none is over.
    fn next(&self) -> Option<Work> {
        let mut state = self.lock();
        let next = state.waiting.pop_front();
        state.running -= usize::from(next.is_none());
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread's place. Dropped before it ran, as the end of a run may do, it drops what waits when no
/// other lane is there to do it.
pub(crate) struct Lane {
    lanes: Lanes,
    over: bool,
}

impl Lane {
    pub(crate) fn run(mut self) {
        while let Some(work) = self.lanes.next() {
            work();
        }
        self.over = true;
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let mut state = self.lanes.lock();
        state.running -= 1;
        let unwanted = match state.running {
            0 => mem::take(&mut state.waiting),
            _ => VecDeque::new(),
        };
        // What waits may queue more when it is dropped.
        drop(state);
        drop(unwanted);
    }
}

#[cfg(test)]
mod tests;
