//! The loop that polls, and what it does with panics.

mod watchdog;

use crate::{
    Context,
    audit::SourceKind,
    kernel::{Step, TaskId, Turn, local},
    task::Payload,
};
use runtime_traits::Panics;
use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{self, Poll},
    time::Duration,
};
use watchdog::Watchdog;

/// How long in real time a run that cannot go on waits for a thread that might wake it.
const FOREIGN_GRACE: Duration = Duration::from_millis(50);

/// Runs one simulation. Dropped without [`start`](runtime_traits::Runner::start), it ends the run.
///
/// Runs may nest: a run may be started inside a task of another.
pub struct Runner {
    context: Context,
}

impl Runner {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// Polls until the root is ready. The payload is of the panic that ends the run before.
    /// Where polls are watched the loop is another, so that one that watches none pays nothing.
    fn drive<F: Future, const WATCHED: bool>(
        &self,
        root: &mut Pin<Box<F>>,
        slow: Duration,
    ) -> Result<F::Output, Payload> {
        let mut current = self.context.root_current();
        let mut turn = Turn::none();
        loop {
            let step = local::with(&self.context.shared, |kernel| kernel.step(&mut turn));
            match step.expect("the kernel is on this thread while it is driven") {
                Step::Poll => {}
                Step::Again => continue,
                Step::Blocked => {
                    self.wait_or_deadlock()?;
                    continue;
                }
                Step::Fail(payload) => return Err(payload),
            }
            let waker = turn.waker.as_ref();
            let cx =
                &mut task::Context::from_waker(waker.expect("a task that waits has its waker"));
            let watchdog = Watchdog::start(WATCHED);
            match &mut turn.body {
                None => {
                    let poll = || current.enter(|| root.as_mut().poll(cx));
                    let polled = catch_unwind(AssertUnwindSafe(poll));
                    self.watch(watchdog, slow, turn.task);
                    match polled {
                        Ok(Poll::Ready(output)) => return Ok(output),
                        Ok(Poll::Pending) => {}
                        Err(payload) => return Err(self.panicked(turn.task, payload)),
                    }
                }
                Some(body) => {
                    let polled = body.as_mut().poll(cx);
                    self.watch(watchdog, slow, turn.task);
                    match polled {
                        Poll::Pending => {}
                        Poll::Ready(None) => self.finish(&mut turn),
                        Poll::Ready(Some(payload)) => {
                            let payload = self.panicked(turn.task, payload);
                            match self.ends_the_run(turn.task) {
                                true => return Err(payload),
                                false => self.finish(&mut turn),
                            }
                        }
                    }
                }
            }
        }
    }

    /// The body is gone before its place is: its destructor may still use the context.
    fn finish(&self, turn: &mut Turn) {
        turn.body = None;
        turn.waker = None;
        local::with(&self.context.shared, |kernel| kernel.finish(turn.task));
    }

    fn wait_or_deadlock(&self) -> Result<(), Payload> {
        if self.context.shared.wait_injected(FOREIGN_GRACE) {
            local::with(&self.context.shared, |kernel| kernel.waited = true);
            return Ok(());
        }
        let report = local::with(&self.context.shared, |kernel| kernel.deadlock());
        Err(Box::new(report.unwrap_or_default()))
    }

    #[inline]
    fn watch(&self, watchdog: Watchdog, slow: Duration, task: TaskId) {
        if let Some(took) = watchdog.barks(slow) {
            self.bark(task, took);
        }
    }

    #[cold]
    fn bark(&self, task: TaskId, took: Duration) {
        local::with(&self.context.shared, |kernel| {
            let who = kernel.describe(task);
            kernel.suspect(SourceKind::SlowPoll(took), who);
        });
    }

    /// Notes who panicked; the first is remembered for the report.
    fn panicked(&self, task: TaskId, payload: Payload) -> Payload {
        let text = message(&*payload);
        local::with(&self.context.shared, |kernel| kernel.panicked(task, text));
        payload
    }

    fn ends_the_run(&self, task: TaskId) -> bool {
        let caught = local::with(&self.context.shared, |kernel| {
            kernel.config.panics == Panics::Catch && {
                kernel.end_process_of(task);
                true
            }
        });
        caught != Some(true)
    }
}

impl runtime_traits::Runner for Runner {
    /// # Panics
    /// When the root panics; when a task does and [`Config::panics`](crate::Config::panics) says
    /// so; on a deadlock, a livelock, and when [`Config::timeout`](crate::Config::timeout) passes.
    fn start<F: Future>(self, root: F) -> F::Output {
        self.context.shared.settle();
        let kernel = self.context.shared.parked().take();
        let entered = local::Entered::new(kernel.expect("a runner is started once"));
        let mut root = Box::pin(root);
        let slow = local::with(&self.context.shared, |kernel| kernel.config.slow_poll).flatten();
        let driven = catch_unwind(AssertUnwindSafe(|| match slow {
            None => self.drive::<F, false>(&mut root, Duration::MAX),
            Some(slow) => self.drive::<F, true>(&mut root, slow),
        }));
        let fits = || local::with(&self.context.shared, |kernel| kernel.fits_schedule());
        let result = driven.unwrap_or_else(Err).and_then(|output| match fits() {
            Some(Err(why)) => Err(Box::new(why) as Payload),
            _ => Ok(output),
        });
        let result = self.end(result, root);
        drop(entered.leave());
        result.unwrap_or_else(|payload| resume_unwind(payload))
    }
}

impl Runner {
    /// Drops what is left, as the end of the run: the contexts are closed by then.
    fn end<F: Future>(
        &self,
        result: Result<F::Output, Payload>,
        root: Pin<Box<F>>,
    ) -> Result<F::Output, Payload> {
        let shared = &self.context.shared;
        let drops = catch_unwind(AssertUnwindSafe(|| {
            local::with(shared, |kernel| kernel.end());
            self.context.root_current().enter(|| drop(root));
        }));
        let ended = local::with(shared, |kernel| (kernel.ending(), kernel.failed.take()));
        let failed = ended.and_then(|(ending, failed)| {
            shared.end(ending);
            failed
        });
        let drops = failed.map_or(drops, Err);
        result.and_then(|output| drops.map(|()| output))
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let kernel = self.context.shared.parked().take();
        if let Some(kernel) = kernel {
            let entered = local::Entered::new(kernel);
            let _ = self.end::<std::future::Ready<()>>(Ok(()), Box::pin(std::future::ready(())));
            drop(entered.leave());
        }
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}

/// What a panic said, as text.
pub(crate) fn message(payload: &(dyn Any + Send)) -> &str {
    match (
        payload.downcast_ref::<String>(),
        payload.downcast_ref::<&str>(),
    ) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => "a panic that carries no text",
    }
}

#[cfg(all(loom, test))]
mod models;
