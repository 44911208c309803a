//! What tasks use the run through. It delegates every trait to a part beside it.

use crate::{census::Member, run::Run};
use runtime_traits::{Buggify, Current, Handle, Here, Signal, Spawner, TaskCount};
use std::{fmt, sync::Arc};

/// A run as its tasks see it: cheap to clone, usable from any thread, before, during and after the
/// run. Random bytes are the operating system's, fit for keys; [`Buggify`] never misbehaves.
pub struct Context {
    run: Arc<Run>,
    /// In what tasks carry: the share by which the run waits for them. A clone has none.
    member: Option<Arc<Member>>,
}

impl Context {
    pub(crate) fn new(run: Arc<Run>) -> Self {
        let member = None;
        Self { run, member }
    }

    pub(crate) fn run(&self) -> &Arc<Run> {
        &self.run
    }

    /// How many tasks and pieces of blocking work there have been and are, by label, ascending. The root
    /// is none of them.
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
        self.run.tasks.counts()
    }

    /// What the root of this run carries.
    pub(crate) fn root(&self) -> Current {
        self.root_with(self.run.census.member())
    }

    fn root_with(&self, member: Option<Arc<Member>>) -> Current {
        let run = self.run.clone();
        Current::root(Self { run, member })
            .with_tasks(self.run.tasks.clone())
            .with_order(|| fastrand::u64(..))
    }

    /// What a new task carries: its label below the polled task's, unless that is another run's; and
    /// whether it has a share in the census. It has the polled task's; blocking work has none.
    fn child(&self, label: &str) -> (Current, bool) {
        let mut counted = false;
        let ours = |polled: &Self| {
            counted = polled.member.is_some();
            Arc::ptr_eq(&polled.run, &self.run)
        };
        let child = Current::child_where(label, ours);
        match child {
            Some(child) if counted => (child, true),
            child => self.guest(label, child),
        }
    }

    /// As [`child`](Self::child), with a share of its own.
    #[cold]
    fn guest(&self, label: &str, child: Option<Current>) -> (Current, bool) {
        let member = self.run.census.member();
        let counted = member.is_some();
        let mut root = self.root_with(member);
        let child = match child {
            Some(child) => child.with_context_of(&root),
            None => root.enter(|| Current::child(label)),
        };
        (child, counted)
    }
}

impl Clone for Context {
    fn clone(&self) -> Self {
        Self::new(self.run.clone())
    }
}

impl Spawner for Context {
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (current, counted) = self.child(label);
        self.run.spawn(current, counted, future)
    }

    fn spawn_blocking<F, T>(&self, label: &str, work: F) -> Handle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (current, _) = self.child(label);
        let uncounted = self.root_with(None);
        let current = current.with_context_of(&uncounted);
        self.run.spawn_blocking(current, work)
    }

    fn stop(&self, value: i32) {
        self.run.stop(value);
    }

    fn stopped(&self) -> Signal {
        self.run.signal()
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
