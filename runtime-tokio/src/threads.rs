//! How many threads of a runtime there are, whether there can be as many, and the wait for the last. It
//! knows nothing of what they do.

use std::{
    io,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, Builder},
    time::Duration,
};

/// Whether the system gives so many threads. Where it gives fewer, tokio panics while it makes them, and
/// then waits for ever for those that it has.
///
/// # Errors
/// What the system says.
pub(crate) fn try_out(count: usize) -> io::Result<()> {
    let door = Mutex::new(());
    thread::scope(|scope| {
        let _closed = door.lock();
        (0..count).try_for_each(|_| {
            let thread = Builder::new().spawn_scoped(scope, || drop(door.lock()));
            thread.map(drop)
        })
    })
}

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
