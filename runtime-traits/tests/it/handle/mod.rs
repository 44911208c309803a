//! A task and its handle, without a runtime: who sees what, and in which order.

mod abort;
mod ends;
mod join;
mod panics;

use runtime_traits::{Current, Error, Handle, Panics, future::Task};
use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

type Dropped = fn() -> Error;

/// A task that catches its panics and, dropped unfinished, closes its handle.
fn spawn<F>(future: F) -> (Task<F, Dropped>, Handle<F::Output>)
where
    F: Future,
    F::Output: Send + 'static,
{
    Handle::new(Current::child("task"), future, Panics::Catch, || {
        Error::Closed
    })
}

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, entry: impl Into<String>) {
        self.0.lock().unwrap().push(entry.into());
    }

    fn entries(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// Pending until the poll of this number, counted from 1; then 7. Logs its polls and its drop.
struct Logged {
    log: Log,
    ready_at: usize,
    polls: usize,
}

impl Logged {
    fn new(log: &Log, ready_at: usize) -> Self {
        Self {
            log: log.clone(),
            ready_at,
            polls: 0,
        }
    }
}

impl Future for Logged {
    type Output = u8;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u8> {
        self.polls += 1;
        self.log.add("polled");
        match self.polls < self.ready_at {
            true => Poll::Pending,
            false => Poll::Ready(7),
        }
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        self.log.add(format!("dropped as {:?}", Current::label()));
    }
}
