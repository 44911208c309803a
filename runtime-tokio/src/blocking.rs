//! Work on threads of its own, which the end of a run waits for, names and abandons.

use crate::sync::{Condvar, Mutex, MutexGuard};
use runtime_traits::{Current, Error, Handle, Join, panics::catching};
use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, PoisonError, Weak},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The blocking work of one run that has not ended.
#[derive(Clone, Default)]
pub(crate) struct Jobs(Arc<Board>);

#[derive(Default)]
struct Board {
    open: Mutex<Open>,
    ended_one: Condvar,
}

#[derive(Default)]
struct Open {
    next: u64,
    jobs: BTreeMap<u64, Job>,
    abandoned: bool,
}

struct Job {
    label: Arc<str>,
    join: Weak<dyn Close>,
}

impl Jobs {
    /// Notes work that begins: the ticket is for the one who does it.
    pub(crate) fn begin<T: Send + 'static>(&self, label: Arc<str>) -> (Ticket<T>, Handle<T>) {
        let outcome = Arc::new(Outcome::running());
        let close: Weak<dyn Close> = Arc::downgrade(&(outcome.clone() as Arc<dyn Close>));
        let mut open = lock(&self.0.open);
        open.next += 1;
        let id = open.next;
        open.jobs.insert(id, Job { label, join: close });
        let abandoned = open.abandoned;
        drop(open);
        if abandoned {
            outcome.close();
        }
        let ticket = Ticket {
            jobs: self.clone(),
            id,
            outcome: outcome.clone(),
        };
        (ticket, Handle::from(outcome as Arc<dyn Join<T>>))
    }

    /// Waits until nothing is left, at most until `grace` has passed.
    pub(crate) fn wait(&self, grace: Duration) {
        let begin = Instant::now();
        let mut open = lock(&self.0.open);
        while !open.jobs.is_empty() {
            let Some(left) = grace.checked_sub(begin.elapsed()) else {
                return;
            };
            let waited = self.0.ended_one.wait_timeout(open, left);
            open = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Closes the handles of what has not ended and of what begins from now on. Returns the labels.
    pub(crate) fn abandon(&self) -> Vec<Arc<str>> {
        let mut open = lock(&self.0.open);
        open.abandoned = true;
        let left = mem::take(&mut open.jobs);
        drop(open);
        left.into_values()
            .map(|job| {
                if let Some(join) = job.join.upgrade() {
                    join.close();
                }
                job.label
            })
            .collect()
    }
}

/// Held by running work. Dropped without a result it closes the handle.
pub(crate) struct Ticket<T: Send> {
    jobs: Jobs,
    id: u64,
    outcome: Arc<Outcome<T>>,
}

impl<T: Send> Ticket<T> {
    pub(crate) fn finish(self, result: Result<T, Error>) {
        self.outcome.resolve(result);
    }
}

impl<T: Send> Drop for Ticket<T> {
    fn drop(&mut self) {
        self.outcome.resolve(Err(Error::Closed));
        lock(&self.jobs.0.open).jobs.remove(&self.id);
        self.jobs.0.ended_one.notify_all();
    }
}

/// What work and handle share.
struct Outcome<T>(Mutex<State<T>>);

enum State<T> {
    Running(Option<Waker>),
    Done(Result<T, Error>),
    Taken,
}

trait Close: Send + Sync {
    fn close(&self);
}

impl<T> Outcome<T> {
    fn running() -> Self {
        Self(Mutex::new(State::Running(None)))
    }

    /// The first result counts.
    fn resolve(&self, result: Result<T, Error>) {
        let mut state = lock(&self.0);
        if let State::Running(waker) = &mut *state {
            let waker = waker.take();
            *state = State::Done(result);
            drop(state);
            waker.into_iter().for_each(Waker::wake);
        }
    }
}

impl<T: Send> Close for Outcome<T> {
    fn close(&self) {
        self.resolve(Err(Error::Closed));
    }
}

impl<T: Send> Join<T> for Outcome<T> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let mut state = lock(&self.0);
        if let State::Running(waker) = &mut *state {
            let before = waker.replace(cx.waker().clone());
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
        self.resolve(Err(Error::Aborted));
    }

    fn is_finished(&self) -> bool {
        !matches!(*lock(&self.0), State::Running(_))
    }
}

/// A caller's closure, run or dropped as its task.
pub(crate) struct Work<F> {
    current: Current,
    work: Option<F>,
}

impl<F> Work<F> {
    pub(crate) fn new(current: Current, work: F) -> Self {
        let work = Some(work);
        Self { current, work }
    }

    pub(crate) fn label(&mut self) -> Arc<str> {
        self.current.enter(Current::label).into()
    }

    /// Runs the closure; the payload is what it panicked with.
    pub(crate) fn run<T>(mut self) -> std::thread::Result<T>
    where
        F: FnOnce() -> T,
    {
        let work = self.work.take().expect("work is run once");
        self.current.enter(|| catching(work))
    }
}

impl<F> Drop for Work<F> {
    fn drop(&mut self) {
        let work = self.work.take();
        self.current.enter(|| drop(work));
    }
}

#[cfg(loom)]
#[path = "blocking/models.rs"]
mod models;
#[cfg(all(test, not(loom)))]
#[path = "blocking/tests.rs"]
mod tests;
