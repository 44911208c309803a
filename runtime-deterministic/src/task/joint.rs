//! What a task's waker and its handle share. It knows no future.

use crate::{
    Context,
    kernel::{TaskId, Wait, Waiter, local},
    sync::{
        Mutex, MutexGuard,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{Relaxed, SeqCst},
            fence,
        },
    },
};
use runtime_traits::{Error, Join};
use std::{
    mem,
    sync::{Arc, PoisonError},
    task::{self, Poll, Wake},
};

pub(super) struct Joint<T> {
    /// Of the host that it runs on.
    context: Context,
    /// Its place and serial, once the kernel took it in.
    task: AtomicU64,
    aborted: AtomicBool,
    state: Mutex<State<T>>,
}

enum State<T> {
    Running(Option<Waiter>),
    /// The handle is gone.
    Detached,
    Done(Result<T, Error>),
    Taken,
}

const NOT_YET: u64 = u64::MAX;

impl<T> Joint<T> {
    pub(super) fn new(context: Context) -> Self {
        Self {
            context,
            task: AtomicU64::new(NOT_YET),
            aborted: AtomicBool::new(false),
            state: Mutex::new(State::Running(None)),
        }
    }

    pub(super) fn admit(&self, task: TaskId) {
        let TaskId { index, serial } = task;
        let number = u64::from(index) << 32 | u64::from(serial);
        self.task.store(number, Relaxed);
        // Either `abort` finds the task, or the task finds that it is aborted.
        fence(SeqCst);
    }

    fn task(&self) -> Option<TaskId> {
        let number = self.task.load(Relaxed);
        (number != NOT_YET).then_some(TaskId {
            index: (number >> 32) as u32,
            serial: number as u32,
        })
    }

    /// Why its life of the host is over, if it is.
    pub(super) fn ended(&self) -> Option<Error> {
        self.context.ended()
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Relaxed)
    }

    /// Resolves the handle. Without one the result comes back, to be dropped.
    pub(super) fn finish(&self, result: Result<T, Error>) -> Option<Result<T, Error>> {
        let mut state = self.lock();
        if matches!(*state, State::Detached) {
            return Some(result);
        }
        let before = mem::replace(&mut *state, State::Done(result));
        drop(state);
        if let State::Running(Some(waiter)) = before {
            self.context.shared.tell(waiter);
        }
        None
    }

    /// Makes the task ready. One that was not taken in yet will be by then.
    fn wake_task(&self) {
        if let Some(task) = self.task() {
            self.context.shared.wake(task);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send> Join<T> for Joint<T> {
    fn poll_join(&self, cx: &mut task::Context<'_>) -> Poll<Result<T, Error>> {
        let mut state = self.lock();
        if let State::Running(_) = *state {
            drop(state);
            // Made while the lock is free: to clone a waker is another's code.
            let waiter = self.waiter(cx);
            state = self.lock();
            if let State::Running(place) = &mut *state {
                let before = place.replace(waiter);
                drop(state);
                drop(before);
                return Poll::Pending;
            }
        }
        match mem::replace(&mut *state, State::Taken) {
            State::Done(result) => Poll::Ready(result),
            _ => panic!("a handle was polled after it had resolved"),
        }
    }

    fn abort(&self) {
        self.aborted.store(true, Relaxed);
        fence(SeqCst);
        if let Some(task) = self.task() {
            self.context.shared.abort(task);
        }
    }

    fn is_finished(&self) -> bool {
        !matches!(*self.lock(), State::Running(_) | State::Detached)
    }

    fn detach(&self) {
        let mut state = self.lock();
        let before = match *state {
            State::Running(_) => mem::replace(&mut *state, State::Detached),
            _ => mem::replace(&mut *state, State::Taken),
        };
        drop(state);
        drop(before);
    }
}

impl<T> Joint<T> {
    fn waiter(&self, cx: &task::Context<'_>) -> Waiter {
        let wait = self.task().map_or(Wait::Unknown, Wait::Handle);
        let known = local::with(&self.context.shared, |kernel| kernel.waiter(cx, wait));
        known.unwrap_or_else(|| Waiter::Other(cx.waker().clone()))
    }
}

impl<T: Send + 'static> Wake for Joint<T> {
    fn wake(self: Arc<Self>) {
        self.wake_task();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_task();
    }
}
