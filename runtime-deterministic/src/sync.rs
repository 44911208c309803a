//! What threads outside the simulator share with a run, and the thread-local of the one inside: std's,
//! and loom's in `runner/models.rs`.

#[cfg(not(all(loom, test)))]
pub(crate) use std::{
    sync::{Condvar, Mutex, MutexGuard, atomic},
    thread_local,
};

#[cfg(all(loom, test))]
pub(crate) use {
    local as thread_local,
    loom::cell::UnsafeCell,
    loom::sync::{Condvar, Mutex, MutexGuard, atomic},
};

use std::{sync::PoisonError, time::Duration};

/// Std's, with the one door of loom's, which sees who is behind it.
#[cfg(not(all(loom, test)))]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

#[cfg(not(all(loom, test)))]
impl<T> UnsafeCell<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    #[inline(always)]
    pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }
}

/// Waits while `condition` holds, at most as long as `limit` in real time.
#[cfg(not(all(loom, test)))]
pub(crate) fn wait_while<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    limit: Duration,
    condition: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    let waited = condvar.wait_timeout_while(guard, limit, condition);
    waited.unwrap_or_else(PoisonError::into_inner).0
}

/// Loom has no time: it reports a wait that nobody ends as a deadlock.
#[cfg(all(loom, test))]
pub(crate) fn wait_while<'a, T>(
    condvar: &Condvar,
    mut guard: MutexGuard<'a, T>,
    _: Duration,
    mut condition: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    while condition(&mut guard) {
        let waited = condvar.wait(guard);
        guard = waited.unwrap_or_else(PoisonError::into_inner);
    }
    guard
}

/// Loom's knows no `const`.
#[cfg(all(loom, test))]
macro_rules! local {
    ($(#[$attribute:meta])* static $name:ident: $type:ty = const { $value:expr };) => {
        loom::thread_local! { $(#[$attribute])* static $name: $type = $value; }
    };
}
#[cfg(all(loom, test))]
pub(crate) use local;
