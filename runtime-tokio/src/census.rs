//! How many tasks of a run are left, and the end of all of them. It knows nothing of labels.

use std::{
    collections::HashMap,
    future::poll_fn,
    mem,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Poll, Waker},
    time::Duration,
};
use tokio::task::AbortHandle;

/// The tasks of one run.
#[derive(Clone, Default)]
pub(crate) struct Census(Arc<Shared>);

#[derive(Default)]
struct Shared {
    left: AtomicUsize,
    waiter: Mutex<Option<Waker>>,
    none: Condvar,
    /// Where tasks do not end with their runtime: how each is ended, once that is known.
    handles: Option<Mutex<Handles>>,
}

#[derive(Default)]
struct Handles {
    next: u64,
    /// `None` while the task is being spawned.
    open: HashMap<u64, Option<AbortHandle>>,
}

/// Held by a task.
pub(crate) struct Counted {
    shared: Arc<Shared>,
    id: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Census {
    /// Of tasks on a runtime that outlives the run.
    pub(crate) fn with_handles() -> Self {
        Self(Arc::new(Shared {
            handles: Some(Mutex::default()),
            ..Shared::default()
        }))
    }

    pub(crate) fn count(&self) -> Counted {
        self.0.left.fetch_add(1, SeqCst);
        let id = self.0.handles.as_ref().map_or(0, |handles| {
            let mut handles = lock(handles);
            handles.next += 1;
            let id = handles.next;
            handles.open.insert(id, None);
            id
        });
        let shared = self.0.clone();
        Counted { shared, id }
    }

    /// Spawns the task that holds what [`count`](Self::count) gave for `id`.
    pub(crate) fn spawned(&self, id: u64, task: &tokio::task::JoinHandle<()>) {
        let Some(handles) = &self.0.handles else {
            return;
        };
        match lock(handles).open.get_mut(&id) {
            Some(handle) => *handle = Some(task.abort_handle()),
            // It has ended already, or should have.
            None => task.abort(),
        }
    }

    /// Drops every task, each on a thread of its runtime.
    pub(crate) fn abort(&self) {
        let handles = self.0.handles.as_ref();
        let open = handles.map(|handles| mem::take(&mut lock(handles).open));
        let open = open.into_iter().flat_map(HashMap::into_values);
        open.flatten().for_each(|handle| handle.abort());
    }

    /// Waits until no task is left.
    pub(crate) async fn none(&self) {
        poll_fn(|cx| {
            let mut waiter = lock(&self.0.waiter);
            if self.0.left.load(SeqCst) == 0 {
                return Poll::Ready(());
            }
            *waiter = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Blocks until no task is left; whether it came to that within `limit`.
    pub(crate) fn none_within(&self, limit: Duration) -> bool {
        let waiter = lock(&self.0.waiter);
        let some_left = |_: &mut Option<Waker>| self.0.left.load(SeqCst) > 0;
        let waited = self.0.none.wait_timeout_while(waiter, limit, some_left);
        let waited = waited.unwrap_or_else(PoisonError::into_inner);
        !waited.1.timed_out()
    }
}

impl Counted {
    pub(crate) fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(handles) = &self.shared.handles {
            let handle = lock(handles).open.remove(&self.id);
            drop(handle);
        }
        if self.shared.left.fetch_sub(1, SeqCst) == 1 {
            let waiter = lock(&self.shared.waiter).take();
            self.shared.none.notify_all();
            waiter.into_iter().for_each(Waker::wake);
        }
    }
}
