//! What tasks use the run through.

use crate::{shared::Shared, task};
use runtime_traits::{Current, Error, Handle, Here, Signal, Spawner};
use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

/// A run as its tasks see it: cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Context(pub(crate) Arc<Shared>);

impl Context {
    /// What the root carries. `RandomState` is the only randomness that std has.
    pub(crate) fn root(&self) -> Current {
        Current::root(self.clone())
            .with_tasks(self.0.tasks.clone())
            .with_order(|| RandomState::new().hash_one(0))
    }

    /// What a new task carries: its label below the polled task's, unless that is another run's.
    fn child(&self, label: &str) -> Current {
        match Current::with_context(|polled: &Self| Arc::ptr_eq(&polled.0, &self.0)) {
            Some(true) => Current::child(label),
            _ => self.root().enter(|| Current::child(label)),
        }
    }
}

impl Spawner for Context {
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let closed = || Error::Closed;
        let (task, handle) = Handle::new(self.child(label), future, self.0.panics, closed);
        task::spawn(&self.0, Box::pin(task));
        handle
    }

    fn stop(&self, value: i32) {
        self.0.stop(value);
    }

    fn stopped(&self) -> Signal {
        self.0.signal.clone()
    }
}

impl Here for Context {
    fn here() -> Option<Self> {
        Current::context()
    }
}
