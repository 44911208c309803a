//! How many threads of a runtime there are, and the wait for the last. It knows nothing of what they
//! do.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

#[derive(Default)]
pub(crate) struct Threads {
    running: Mutex<usize>,
    none: Condvar,
}

impl Threads {
    fn running(&self) -> MutexGuard<'_, usize> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self) {
        *self.running() += 1;
    }

    pub(crate) fn end(&self) {
        *self.running() -= 1;
        self.none.notify_all();
    }

    /// Blocks until none is left, or `limit` has passed.
    pub(crate) fn none_within(&self, limit: Duration) {
        let some = |running: &mut usize| *running > 0;
        drop(self.none.wait_timeout_while(self.running(), limit, some));
    }
}
