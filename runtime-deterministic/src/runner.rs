//! The loop that polls, and what it does with panics.

mod watchdog;

use crate::{
    Context,
    audit::SourceKind,
    kernel::{Kernel, Run, Step, TaskId, Turn, local},
    task::{Name, let_go, waker},
};
use runtime_traits::{
    Current, Panics,
    panics::{self, Payload, catching, first, forget},
};
use std::{
    any::Any,
    fmt,
    panic::resume_unwind,
    pin::{Pin, pin},
    task::{self, Poll},
    time::Duration,
};
use watchdog::Watchdog;

/// How long in real time a run that cannot go on waits for a thread that might wake it.
const FOREIGN_GRACE: Duration = Duration::from_millis(50);

/// Polls the root.
type Root<'a> = dyn FnMut(&mut task::Context<'_>) -> Poll<()> + 'a;

/// Runs one simulation. Dropped without [`start`](runtime_traits::Runner::start), it ends the run.
///
/// Runs may nest: a run may be started inside a task of another.
pub struct Runner {
    /// The root's, until it is started.
    context: Option<Context>,
}

/// A run that goes on, on this thread.
struct Driver {
    run: Run,
}

impl Driver {
    /// Polls until the root is ready. The payload is of the panic that ends the run before.
    fn drive<F: Future>(
        &self,
        mut root: Pin<&mut Option<F>>,
        current: &mut Current,
    ) -> Result<F::Output, Payload> {
        let mut output = None;
        let mut poll = |cx: &mut task::Context<'_>| {
            let root = root.as_mut().as_pin_mut();
            let polled = root.expect("a root is there until the end").poll(cx);
            polled.map(|it| output = Some(it))
        };
        self.drive_root(&mut poll, current)?;
        Ok(output.expect("a root that is ready has its output"))
    }

    /// The same of any root: the loop is compiled with the kernel, and once.
    fn drive_root(&self, root: &mut Root<'_>, current: &mut Current) -> Result<(), Payload> {
        let slow = local::with_run(self.run, |kernel| kernel.config.slow_poll).flatten();
        let (mut turn, mut watchdog) = (Turn::none(), Watchdog::new(slow));
        // Panics are caught around many polls: around each it would cost more than the poll's event.
        loop {
            let driven = catching(|| match slow {
                None => self.turns::<false>(root, current, &mut turn, &mut watchdog),
                Some(_) => self.turns::<true>(root, current, &mut turn, &mut watchdog),
            });
            match driven {
                Ok(result) => return result,
                Err(payload) if turn.lent => {
                    self.watch(&watchdog);
                    self.panicked(&mut turn, payload)?;
                }
                // It was none of a poll: something that the kernel left to be woken or dropped.
                Err(payload) => return Err(payload),
            }
        }
    }

    /// Polls until the root is ready, or a poll panics.
    /// Where polls are watched the loop is another, so that one that watches none pays nothing.
    #[inline(never)]
    fn turns<const WATCHED: bool>(
        &self,
        root: &mut Root<'_>,
        current: &mut Current,
        turn: &mut Turn,
        watchdog: &mut Watchdog,
    ) -> Result<(), Payload> {
        let run = self.run;
        loop {
            let mut kernel =
                local::Held::of(run).expect("the kernel is on this thread while it is driven");
            let step = kernel.step(turn);
            drop(kernel);
            if step != Step::Poll {
                self.instead_of_a_poll(step)?;
                continue;
            }
            let waker = waker(run, turn.task);
            let cx = &mut task::Context::from_waker(&waker);
            if WATCHED {
                watchdog.start(turn.name());
            }
            match &mut turn.job {
                None => {
                    let polled = current.enter(|| root(cx));
                    if WATCHED {
                        self.watch(watchdog);
                    }
                    if polled.is_ready() {
                        return Ok(());
                    }
                }
                Some(job) => {
                    let polled = job.poll(cx);
                    if WATCHED {
                        self.watch(watchdog);
                    }
                    match polled {
                        Poll::Pending => {}
                        Poll::Ready(None) => self.finish(turn),
                        Poll::Ready(Some(failure)) => self.failed(turn, *failure)?,
                    }
                }
            }
            let_go(waker);
        }
    }

    /// No task can be polled at once.
    #[inline(never)]
    fn instead_of_a_poll(&self, step: Step) -> Result<(), Payload> {
        match step {
            Step::Poll => Ok(()),
            Step::Again => {
                local::deliver(self.run);
                Ok(())
            }
            Step::Blocked => self.wait_or_deadlock(),
            Step::Fail => Err(self.failure()),
        }
    }

    /// A poll panicked. The root's panic ends the run.
    fn panicked(&self, turn: &mut Turn, payload: Payload) -> Result<(), Payload> {
        let Some(job) = &mut turn.job else {
            return Err(self.told(turn.task, (payload, Name::root())));
        };
        // Then it was none of the future: whoever waits for the task panicked when it was woken.
        if job.has_ended() {
            return Err(payload);
        }
        match job.end(Some(payload)) {
            None => Ok(()),
            Some(failure) => self.failed(turn, *failure),
        }
    }

    /// A task ended by a panic, which may end the run.
    #[cold]
    fn failed(&self, turn: &mut Turn, failure: (Payload, Name)) -> Result<(), Payload> {
        // What its end wakes or drops may panic as well, and is not this task.
        turn.lent = false;
        let payload = self.told(turn.task, failure);
        match self.ends_the_run(turn.task) {
            true => Err(payload),
            false => {
                self.finish(turn);
                forget(payload);
                Ok(())
            }
        }
    }

    /// The job is gone before its place is: its destructor may still use the context.
    fn finish(&self, turn: &mut Turn) {
        if let Some(job) = turn.job.take() {
            job.let_go();
        }
        turn.lent = false;
        local::with_run(self.run, |kernel| kernel.finish(turn.task));
    }

    /// What the kernel says that the run ends by.
    #[cold]
    fn failure(&self) -> Payload {
        let failed = local::with_run(self.run, |kernel| kernel.failed.take());
        failed.flatten().expect("a run fails by something")
    }

    fn wait_or_deadlock(&self) -> Result<(), Payload> {
        let shared = self.run.find();
        if shared.is_some_and(|shared| shared.wait_injected(FOREIGN_GRACE)) {
            local::with_run(self.run, |kernel| kernel.waited = true);
            return Ok(());
        }
        let report = local::with_run(self.run, |kernel| kernel.deadlock());
        Err(Box::new(report.unwrap_or_default()))
    }

    fn watch(&self, watchdog: &Watchdog) {
        let Some((who, took)) = watchdog.barks() else {
            return;
        };
        local::with_run(self.run, |kernel| {
            let who = kernel.describe_name(who);
            kernel.suspect(SourceKind::SlowPoll(took), who);
        });
    }

    /// Notes who panicked; the first is remembered for the report.
    fn told(&self, task: TaskId, (payload, name): (Payload, Name)) -> Payload {
        let text = message(&*payload);
        local::with_run(self.run, |kernel| {
            kernel.panicked(task, &name, text);
        });
        payload
    }

    fn ends_the_run(&self, task: TaskId) -> bool {
        let caught = local::with_run(self.run, |kernel| {
            kernel.config.panics == Panics::Catch && {
                kernel.end_process_of(task);
                true
            }
        });
        caught != Some(true)
    }
}

impl Runner {
    pub(crate) fn new(context: Context) -> Self {
        let context = Some(context);
        Self { context }
    }
}

impl runtime_traits::Runner for Runner {
    /// # Panics
    /// When the root panics; when a task does and [`Config::panics`](crate::Config::panics) says
    /// so; on a deadlock, a livelock, and when [`Config::timeout`](crate::Config::timeout) passes.
    fn start<F: Future>(mut self, root: F) -> F::Output {
        let context = self.context.take().expect("a runner is started once");
        context.shared.settle();
        let (entered, driver, mut current) = enter(context).expect("no runner has started it");
        let mut root = pin!(Some(root));
        let driven = catching(|| driver.drive(root.as_mut(), &mut current));
        let result = driver.end(driven.unwrap_or_else(Err), root, current);
        let result = first(result, catching(|| drop(entered)));
        result.unwrap_or_else(|payload| resume_unwind(payload))
    }
}

/// Takes a run to this thread, and makes what its root carries.
fn enter(context: Context) -> Option<(local::Entered, Driver, Current)> {
    let kernel = context.shared.parked().take()?;
    let run = context.shared.run;
    let entered = local::Entered::new(kernel);
    Some((entered, Driver { run }, context.root_current()))
}

impl Driver {
    /// Drops what is left, as the end of the run: the contexts are closed by then.
    fn end<F: Future>(
        &self,
        result: Result<F::Output, Payload>,
        mut root: Pin<&mut Option<F>>,
        mut current: Current,
    ) -> Result<F::Output, Payload> {
        let fits = local::with_run(self.run, |kernel| kernel.fits_schedule());
        let fits = fits
            .unwrap_or(Ok(()))
            .map_err(|why| Box::new(why) as Payload);
        let tasks = catching(|| _ = local::with_run(self.run, Kernel::end));
        let drops = first(tasks, catching(|| current.enter(|| root.set(None))));
        // No task can be entered by whoever looks at the polled task's context.
        let drops = first(drops, catching(|| root.set(None)));
        let ended = local::with_run(self.run, |kernel| {
            let ending = kernel.ending();
            (kernel.shared.end(ending), kernel.failed.take())
        });
        let ((injected, signalers), failed) = ended.unwrap_or_default();
        let (mut injected, mut signalers) = (injected.into_iter(), signalers.into_iter());
        let left = catching(|| {
            panics::despite(|| {
                injected.by_ref().for_each(drop);
                signalers.by_ref().for_each(drop);
            });
        });
        let ended = first(failed.map_or(Ok(()), Err), first(drops, left));
        first(result, first(fits, ended))
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let entered = self.context.take().and_then(enter);
        if let Some((entered, driver, current)) = entered {
            let root = pin!(Some(std::future::ready(())));
            let ended = driver.end(Ok(()), root, current);
            let ended = first(ended, catching(|| drop(entered)));
            ended.err().into_iter().for_each(forget);
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
