//! How a run ends: who is waited for, for how long, and who is named.

use crate::{run::Run, threads::Threads};
use std::time::{Duration, Instant};
use tokio::{runtime::Runtime, task::AbortHandle};

/// The shortest wait for tasks to be dropped, however short the grace: they only have to be reached.
const DROP_LIMIT: Duration = Duration::from_secs(1);

/// An end that has begun, and how long it may take.
pub(crate) struct Ending<'a> {
    run: &'a Run,
    began: Instant,
    grace: Duration,
}

impl<'a> Ending<'a> {
    pub(crate) fn new(run: &'a Run, grace: Duration) -> Self {
        let began = Instant::now();
        Self { run, began, grace }
    }

    fn left(&self) -> Duration {
        self.grace.saturating_sub(self.began.elapsed())
    }

    /// After `stop`, which asked the tasks to end by themselves, waits until they have, and names
    /// those that have not when the grace is over.
    pub(crate) async fn drain(&self) {
        if !self.run.is_stopped() {
            return;
        }
        let drained = tokio::time::timeout(self.grace, self.run.census.none());
        if drained.await.is_err() {
            self.name_tasks("still running at the end of the grace: dropped");
        }
    }

    /// Drops the tasks with their runtime, waits for blocking work, and makes every later call fail.
    pub(crate) fn shut_down(&self, runtime: Runtime, threads: &Threads) {
        self.run.close();
        // It waits for nothing, and so works inside another runtime, too.
        runtime.shutdown_background();
        let dropped = self.run.census.none_within(self.left().max(DROP_LIMIT));
        self.run.jobs.wait(self.left());
        // A task is dropped a little before its handle resolves, by a thread that now ends.
        if !self.finish(dropped) {
            threads.none_within(DROP_LIMIT);
        }
    }

    /// As [`shut_down`](Self::shut_down), on a runtime that goes on.
    pub(crate) async fn detach(&self) {
        self.run.close();
        let aborted = self.run.abort_tasks();
        let none = self.run.census.none();
        let dropped = tokio::time::timeout(self.left().max(DROP_LIMIT), none).await;
        let jobs = self.run.jobs.clone();
        let left = self.left();
        let waited = tokio::task::spawn_blocking(move || jobs.wait(left));
        // The threads may all be taken by the work that is waited for.
        drop(tokio::time::timeout(left, waited).await);
        self.finish(dropped.is_ok());
        // A task is dropped a little before its handle resolves.
        while dropped.is_ok() && !aborted.iter().all(AbortHandle::is_finished) {
            tokio::task::yield_now().await;
        }
    }

    /// As [`detach`](Self::detach), without waiting for anything.
    pub(crate) fn let_go(&self) {
        self.run.close();
        drop(self.run.abort_tasks());
        self.finish(true);
    }

    /// Names what goes on, and lets go of the rest; whether anything goes on.
    fn finish(&self, dropped: bool) -> bool {
        let abandoned = self.run.jobs.abandon();
        for label in &abandoned {
            tracing::warn!(label = &**label, grace = ?self.grace, "blocking work abandoned");
        }
        if !dropped {
            self.name_tasks("a task that blocks its thread abandoned");
        }
        self.run.root.release();
        self.run.release_signal();
        !dropped || !abandoned.is_empty()
    }

    fn name_tasks(&self, what: &str) {
        let counts = self.run.tasks.counts().into_iter();
        for count in counts.filter(|count| count.running > 0) {
            let (label, running) = (count.label, count.running);
            tracing::warn!(label, running, grace = ?self.grace, "{what}");
        }
    }
}
