//! A value that tasks share, and wait on until it is as they want it.

use std::{
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// A shared value. Clones share it.
///
/// No lock is held across an `await`, and none outlives the calls below.
pub(crate) struct Monitor<T>(Arc<Mutex<State<T>>>);

struct State<T> {
    value: T,
    waiters: Vec<Waker>,
}

impl<T> Monitor<T> {
    pub(crate) fn new(value: T) -> Self {
        let waiters = Vec::new();
        Self(Arc::new(Mutex::new(State { value, waiters })))
    }

    /// Looks at the value.
    pub(crate) fn read<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(&self.lock().value)
    }

    /// Changes the value, and wakes whoever waits for a change.
    pub(crate) fn update<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let mut state = self.lock();
        let result = f(&mut state.value);
        let waiters = mem::take(&mut state.waiters);
        drop(state);
        waiters.into_iter().for_each(Waker::wake);
        result
    }

    /// Waits until `find` finds something in the value. Cancel safe.
    pub(crate) async fn until<R>(&self, mut find: impl FnMut(&T) -> Option<R>) -> R {
        poll_fn(|cx| self.poll_until(cx, &mut find)).await
    }

    fn poll_until<R>(
        &self,
        cx: &mut Context<'_>,
        find: &mut impl FnMut(&T) -> Option<R>,
    ) -> Poll<R> {
        let mut state = self.lock();
        if let Some(found) = find(&state.value) {
            return Poll::Ready(found);
        }
        // A task that gave up may still be among the waiters: it is woken once for nothing.
        if !state
            .waiters
            .iter()
            .any(|waker| waker.will_wake(cx.waker()))
        {
            state.waiters.push(cx.waker().clone());
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Monitor<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests;
