//! Whether tasks of a run are left, and whether there may be more. It knows nothing of labels, nor how
//! a task is ended.
//!
//! Nobody counts them: each holds the one [`Member`], through what it carries anyway, and the last to let
//! go of it tells. So a task costs nothing here.

use crate::sync::{Condvar, Mutex, MutexGuard};
use std::{
    future::poll_fn,
    mem,
    sync::{Arc, PoisonError, Weak},
    task::{Poll, Waker},
    time::{Duration, Instant},
};

/// The tasks of one run.
pub(crate) struct Census {
    door: Mutex<Door>,
    hall: Arc<Hall>,
}

/// Who may come in that is not brought by a task.
enum Door {
    Open(Arc<Member>),
    /// Whoever comes while others are there.
    Ajar(Weak<Member>),
    Closed,
}

/// Held, by a share in it, by what is waited for.
pub(crate) struct Member(Arc<Hall>);

#[derive(Default)]
struct Hall {
    state: Mutex<State>,
    empty: Condvar,
}

#[derive(Default)]
struct State {
    empty: bool,
    waiter: Option<Waker>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Census {
    fn default() -> Self {
        let hall = Arc::<Hall>::default();
        let member = Arc::new(Member(hall.clone()));
        let door = Mutex::new(Door::Open(member));
        Self { door, hall }
    }
}

impl Census {
    /// A share for a task that no task of the run spawns; none where it may not begin.
    pub(crate) fn member(&self) -> Option<Arc<Member>> {
        match &*lock(&self.door) {
            Door::Open(member) => Some(member.clone()),
            Door::Ajar(members) => members.upgrade(),
            Door::Closed => None,
        }
    }

    /// Lets nobody in from now on.
    pub(crate) fn close(&self) {
        let before = mem::replace(&mut *lock(&self.door), Door::Closed);
        // Not under the lock: it may be the last.
        drop(before);
    }

    /// Waits until no task is left. From then on none may begin.
    pub(crate) async fn none(&self) {
        drop(self.leave_ajar());
        poll_fn(|cx| {
            let mut state = lock(&self.hall.state);
            if state.empty {
                return Poll::Ready(());
            }
            let before = state.waiter.replace(cx.waker().clone());
            // A waker is another's code: it is dropped with the lock released.
            drop(state);
            drop(before);
            Poll::Pending
        })
        .await;
    }

    /// Keeps no share for those who come; the last one may be the caller's to drop.
    fn leave_ajar(&self) -> Option<Arc<Member>> {
        let mut door = lock(&self.door);
        let Door::Open(member) = &*door else {
            return None;
        };
        let ajar = Door::Ajar(Arc::downgrade(member));
        match mem::replace(&mut *door, ajar) {
            Door::Open(member) => Some(member),
            Door::Ajar(_) | Door::Closed => None,
        }
    }

    /// Blocks until no task is left, after [`close`](Self::close); whether it came to that within
    /// `limit`.
    pub(crate) fn none_within(&self, limit: Duration) -> bool {
        let begin = Instant::now();
        let mut state = lock(&self.hall.state);
        while !state.empty {
            let Some(left) = limit.checked_sub(begin.elapsed()) else {
                return false;
            };
            let waited = self.hall.empty.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.empty = true;
        let waiter = state.waiter.take();
        drop(state);
        self.0.empty.notify_all();
        waiter.into_iter().for_each(Waker::wake);
    }
}

#[cfg(loom)]
#[path = "census/models.rs"]
mod models;
