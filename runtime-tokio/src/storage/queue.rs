//! The order of the calls on one thing, and one thread at a time that performs them. It knows nothing
//! of files, and starts no thread.

use crate::sync::{Mutex, MutexGuard, RwLock};
use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, PoisonError},
};

/// A thing, and what is to be done with it.
pub(super) struct Queue<D> {
    /// Read by those who pass the queue, written by the thread that is on it.
    subject: RwLock<D>,
    calls: Mutex<Calls<D>>,
}

/// What one call does.
pub(super) type Operation<D> = Box<dyn FnOnce(&mut D) + Send>;

struct Calls<D> {
    waiting: VecDeque<Operation<D>>,
    /// Whether a thread is on it.
    busy: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<D> Queue<D> {
    pub(super) fn new(subject: D) -> Arc<Self> {
        let calls = Calls {
            waiting: VecDeque::new(),
            busy: false,
        };
        Arc::new(Self {
            subject: RwLock::new(subject),
            calls: Mutex::new(calls),
        })
    }

    /// Joins the queue. A turn is for the caller to have run, on any thread.
    pub(super) fn push(self: &Arc<Self>, operation: Operation<D>) -> Option<Turn<D>> {
        let mut calls = lock(&self.calls);
        calls.waiting.push_back(operation);
        if mem::replace(&mut calls.busy, true) {
            return None;
        }
        Some(Turn {
            queue: self.clone(),
            over: false,
        })
    }

    /// Looks at the thing, past the queue, if no call is under way. Calls that other threads make
    /// meanwhile are concurrent to this one; the lock keeps them from tearing it.
    pub(super) fn pass<R>(&self, look: impl FnOnce(&D) -> R) -> Option<R> {
        if lock(&self.calls).busy {
            return None;
        }
        let subject = self.subject.try_read().ok()?;
        Some(look(&subject))
    }

    fn next(&self) -> Option<Operation<D>> {
        let mut calls = lock(&self.calls);
        let next = calls.waiting.pop_front();
        calls.busy = next.is_some();
        next
    }
}

/// A thread's turn at the queue. Dropped before it ran, as the end of a run may do, it drops what
/// waits, which nobody would perform.
#[must_use = "what waits is performed by `run`"]
pub(super) struct Turn<D> {
    queue: Arc<Queue<D>>,
    over: bool,
}

/// The calls that a turn performs before those on other things have theirs.
pub(super) const TURN: usize = if cfg!(loom) { 2 } else { 32 };

impl<D> Turn<D> {
    /// Performs what waits, and what joins meanwhile. What is left of the turn is to be run again.
    pub(super) fn run(mut self) -> Option<Self> {
        for _ in 0..TURN {
            let Some(operation) = self.queue.next() else {
                self.over = true;
                return None;
            };
            let subject = self.queue.subject.write();
            operation(&mut subject.unwrap_or_else(PoisonError::into_inner));
        }
        Some(self)
    }
}

impl<D> Drop for Turn<D> {
    fn drop(&mut self) {
        if !self.over {
            let mut calls = lock(&self.queue.calls);
            calls.busy = false;
            let waiting = mem::take(&mut calls.waiting);
            drop(calls);
            drop(waiting);
        }
    }
}

#[cfg(loom)]
#[path = "queue/models.rs"]
mod models;
