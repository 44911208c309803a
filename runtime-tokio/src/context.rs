//! What tasks use the run through. It delegates every trait to a part beside it.

use crate::run::Run;
use runtime_traits::{Buggify, Current, Handle, Here, Signal, Spawner, TaskCount};
use std::{fmt, sync::Arc};

/// A run as its tasks see it: cheap to clone, usable from any thread, before, during and after the
/// run.
#[derive(Clone)]
pub struct Context(Arc<Run>);

impl Context {
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self(run)
    }

    pub(crate) fn run(&self) -> &Arc<Run> {
        &self.0
    }

    /// How many tasks there have been and are, by label, ascending.
    ///
    /// ```
    /// use runtime_tokio::Executor;
    /// use runtime_traits::{Runner, Spawner};
    ///
    /// let (runner, context) = Executor::default();
    /// runner.start(async {
    ///     context.spawn("poller", async {}).await.unwrap();
    ///     let counts = context.tasks();
    ///     assert_eq!((counts[0].label.as_str(), counts[0].spawned), ("poller", 1));
    /// });
    /// ```
    pub fn tasks(&self) -> Vec<TaskCount> {
        self.0.tasks.counts()
    }

    /// What the root of this run carries.
    pub(crate) fn root(&self) -> Current {
        Current::root(self.clone())
            .with_tasks(self.0.tasks.clone())
            .with_order(|| fastrand::u64(..))
    }

    /// What a new task carries: its label below the polled task's, unless that is another run's.
    fn child(&self, label: &str) -> Current {
        let ours = |polled: &Self| Arc::ptr_eq(&polled.0, &self.0);
        match Current::with_context(ours) {
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
        self.0.spawn(self.child(label), future)
    }

    fn spawn_blocking<F, T>(&self, label: &str, work: F) -> Handle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.0.spawn_blocking(self.child(label), work)
    }

    fn stop(&self, value: i32) {
        self.0.stop(value);
    }

    fn stopped(&self) -> Signal {
        self.0.signal()
    }
}

impl Here for Context {
    fn here() -> Option<Self> {
        Current::context()
    }
}

impl Buggify for Context {}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("tasks", &self.tasks())
            .finish_non_exhaustive()
    }
}
