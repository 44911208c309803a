//! The order of the calls on one thing, and one thread at a time that performs them. It knows nothing
//! of files, and starts no thread.

use crate::sync::{
    Mutex, MutexGuard,
    atomic::{
        AtomicU64,
        Ordering::{Acquire, SeqCst},
        fence,
    },
};
use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, PoisonError},
};

/// A thing, and what is to be done with it.
pub(super) struct Queue<D> {
    subject: D,
    waiting: Mutex<VecDeque<Operation<D>>>,
    /// How many turns have begun and ended, counted with the lock held: odd while a thread has one.
    turns: AtomicU64,
}

/// What one call does. Others may look at the thing meanwhile, and are told that they did.
pub(super) type Operation<D> = Box<dyn FnOnce(&D) + Send>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<D> Queue<D> {
    pub(super) fn new(subject: D) -> Arc<Self> {
        Arc::new(Self {
            subject,
            waiting: Mutex::default(),
            turns: AtomicU64::new(0),
        })
    }

    /// Joins the queue. A turn is for the caller to have run, on any thread.
    pub(super) fn push(self: &Arc<Self>, operation: Operation<D>) -> Option<Turn<D>> {
        let mut waiting = lock(&self.waiting);
        waiting.push_back(operation);
        if is_turn(self.turns.load(SeqCst)) {
            return None;
        }
        self.turns.fetch_add(1, SeqCst);
        Some(Turn {
            queue: self.clone(),
            over: false,
        })
    }

    /// Looks at the thing past the queue, without a lock. `None` when a call was under way or began
    /// meanwhile, by whomever: what was seen may be half of what it did.
    pub(super) fn pass<R>(&self, look: impl FnOnce(&D) -> R) -> Option<R> {
        let before = self.turns.load(SeqCst);
        if is_turn(before) {
            return None;
        }
        let seen = look(&self.subject);
        fence(Acquire);
        (self.turns.load(SeqCst) == before).then_some(seen)
    }

    /// What is next in the turn, which ends where there is nothing.
    fn next(&self) -> Option<Operation<D>> {
        let mut waiting = lock(&self.waiting);
        let next = waiting.pop_front();
        if next.is_none() {
            self.turns.fetch_add(1, SeqCst);
        }
        next
    }
}

/// Whether a turn has begun that has not ended.
fn is_turn(turns: u64) -> bool {
    turns % 2 == 1
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
            operation(&self.queue.subject);
        }
        Some(self)
    }
}

impl<D> Drop for Turn<D> {
    fn drop(&mut self) {
        if !self.over {
            let mut waiting = lock(&self.queue.waiting);
            self.queue.turns.fetch_add(1, SeqCst);
            let unwanted = mem::take(&mut *waiting);
            drop(waiting);
            drop(unwanted);
        }
    }
}

#[cfg(loom)]
#[path = "queue/models.rs"]
mod models;
