//! The join state of a task that any executor runs.

use super::Join;
use crate::{
    Error,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};
use std::{
    mem,
    sync::PoisonError,
    task::{Context, Poll, Waker},
};

pub(super) struct Shared<T> {
    aborted: AtomicBool,
    state: Mutex<State<T>>,
}

enum State<T> {
    Running {
        task: Option<Waker>,
        join: Option<Waker>,
        detached: bool,
    },
    Done(Result<T, Error>),
    Taken,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        let state = Mutex::new(State::Running {
            task: None,
            join: None,
            detached: false,
        });
        Self {
            aborted: AtomicBool::new(false),
            state,
        }
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(SeqCst)
    }

    /// Says whom [`Join::abort`] wakes.
    pub(super) fn run_by(&self, waker: &Waker) {
        let before = match &mut *self.lock() {
            State::Running { task, .. } => task.replace(waker.clone()),
            State::Done(_) | State::Taken => None,
        };
        drop(before);
        // An abort that came since the last look found no waker, or the one before.
        if self.is_aborted() {
            waker.wake_by_ref();
        }
    }

    /// Resolves the handle. Without one the result comes back, to be dropped.
    pub(super) fn finish(&self, result: Result<T, Error>) -> Option<Result<T, Error>> {
        let mut state = self.lock();
        if let State::Running { detached: true, .. } = *state {
            return Some(result);
        }
        let before = mem::replace(&mut *state, State::Done(result));
        drop(state);
        if let State::Running {
            join: Some(waker), ..
        } = before
        {
            waker.wake();
        }
        None
    }
}

impl<T: Send> Join<T> for Shared<T> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let mut state = self.lock();
        if let State::Running { join, .. } = &mut *state {
            if join
                .as_ref()
                .is_some_and(|waker| waker.will_wake(cx.waker()))
            {
                return Poll::Pending;
            }
            let before = join.replace(cx.waker().clone());
            drop(state);
            drop(before);
            return Poll::Pending;
        }
        match mem::replace(&mut *state, State::Taken) {
            State::Done(result) => Poll::Ready(result),
            _ => panic!("a handle was polled after it had resolved"),
        }
    }

    fn abort(&self) {
        self.aborted.store(true, SeqCst);
        let waker = match &*self.lock() {
            State::Running { task, .. } => task.clone(),
            State::Done(_) | State::Taken => None,
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn is_finished(&self) -> bool {
        !matches!(*self.lock(), State::Running { .. })
    }

    fn detach(&self) {
        let mut state = self.lock();
        let unwanted = match &mut *state {
            State::Running { join, detached, .. } => {
                *detached = true;
                (join.take(), State::Taken)
            }
            done => (None, mem::replace(done, State::Taken)),
        };
        drop(state);
        drop(unwanted);
    }
}
