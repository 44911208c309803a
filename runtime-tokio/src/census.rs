//! How many tasks of a run are left, and whether there may be more. It knows nothing of labels, nor how
//! a task is ended.

use crate::sync::{Condvar, Mutex, MutexGuard, atomic::AtomicUsize};
use std::{
    future::poll_fn,
    sync::{PoisonError, atomic::Ordering::SeqCst},
    task::{Poll, Waker},
    time::{Duration, Instant},
};

/// The tasks of one run.
#[derive(Default)]
pub(crate) struct Census {
    /// The tasks that are left, times [`ONE`], and two flags.
    state: AtomicUsize,
    waiter: Mutex<Option<Waker>>,
    none: Condvar,
}

/// No task may begin any more.
const CLOSED: usize = 1;
/// Somebody waits until none is left. Without it an end takes no lock.
const AWAITED: usize = 2;
const ONE: usize = 4;

impl Census {
    /// Counts a task in; whether it may begin. One that may [leaves](Self::leave) when it has ended.
    pub(crate) fn enter(&self) -> bool {
        let open = self.state.fetch_add(ONE, SeqCst) & CLOSED == 0;
        if !open {
            self.leave();
        }
        open
    }

    /// Counts a task out.
    pub(crate) fn leave(&self) {
        let before = self.state.fetch_sub(ONE, SeqCst);
        if before / ONE == 1 && before & AWAITED != 0 {
            let waiter = self.waiter().take();
            self.none.notify_all();
            waiter.into_iter().for_each(Waker::wake);
        }
    }

    /// Lets no task begin from now on.
    pub(crate) fn close(&self) {
        self.state.fetch_or(CLOSED, SeqCst);
    }

    /// Waits until no task is left.
    pub(crate) async fn none(&self) {
        poll_fn(|cx| {
            let mut waiter = self.waiter();
            if !self.await_some() {
                return Poll::Ready(());
            }
            let before = waiter.replace(cx.waker().clone());
            // A waker is another's code: it is dropped with the lock released.
            drop(waiter);
            drop(before);
            Poll::Pending
        })
        .await;
    }

    /// Blocks until no task is left; whether it came to that within `limit`.
    pub(crate) fn none_within(&self, limit: Duration) -> bool {
        let begin = Instant::now();
        let mut waiter = self.waiter();
        while self.await_some() {
            let Some(left) = limit.checked_sub(begin.elapsed()) else {
                return false;
            };
            let waited = self.none.wait_timeout(waiter, left);
            waiter = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Whether some are left. The last of them takes the lock that the caller holds, and tells.
    fn await_some(&self) -> bool {
        self.state.fetch_or(AWAITED, SeqCst) >= ONE
    }

    fn waiter(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(loom)]
#[path = "census/models.rs"]
mod models;
