//! A run on a runtime that is not its own.

use crate::{Context, ending::Ending, panics::Panic};
use std::{fmt, panic::resume_unwind, time::Duration};

/// Ends a run that [`Executor::attach`](crate::Executor::attach) made. Dropped, it ends the run and
/// waits for nothing: tasks are dropped soon, blocking work is named in a warning and abandoned, a panic
/// that waits for [`end`](Self::end) is logged.
#[must_use = "dropped, it ends the run"]
pub struct Attached {
    context: Context,
    grace: Duration,
    ended: bool,
}

impl Attached {
    pub(crate) fn new(context: Context, grace: Duration) -> Self {
        let ended = false;
        Self {
            context,
            grace,
            ended,
        }
    }

    /// Ends the run as the return of a root does: after `stop` its tasks have
    /// [`Config::shutdown_grace`](crate::Config::shutdown_grace) to end by themselves, and what is
    /// still running then is named in a warning; without it they are dropped at once. Blocking work
    /// is waited for within the same time.
    ///
    /// When this is dropped before it is done, the rest is let go as if it had not been called.
    ///
    /// # Panics
    /// With the first panic of a task or of blocking work since the run began, where
    /// [`Config::panics`](crate::Config::panics) propagates it: it waits for this call.
    pub async fn end(mut self) {
        let ending = Ending::new(self.context.run(), self.grace);
        ending.drain().await;
        ending.detach().await;
        self.ended = true;
        if let Some(panic) = self.context.run().carried.close() {
            resume_unwind(panic.payload);
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        if !self.ended {
            let run = self.context.run();
            Ending::new(run, self.grace).let_go();
            run.carried.close().into_iter().for_each(Panic::log);
        }
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached").finish_non_exhaustive()
    }
}
