//! What the contexts of one run share, and how a run ends.

use crate::{
    blocking::{Jobs, Work},
    panics::{Carried, Panic, Payload},
    storage::{Lanes, Root},
    task::Watched,
};
use runtime_traits::{Current, Error, Handle, Panics, Signal, Signaler, Tasks};
use std::{
    convert::Infallible,
    fmt,
    sync::{
        Arc, Mutex, PoisonError, RwLock, TryLockError,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};
use tokio::runtime::{EnterGuard, Runtime};

/// Held by every task: when all are dropped, so are the tasks.
type Token = Sender<Infallible>;

/// The shortest wait for tasks to be dropped, however short the grace: they only have to be reached.
const DROP_LIMIT: Duration = Duration::from_secs(1);

pub(crate) struct Run {
    handle: tokio::runtime::Handle,
    pub(crate) began: Instant,
    ended: AtomicBool,
    /// Locked for writing only while the run ends.
    token: RwLock<Option<Token>>,
    panics: Panics,
    pub(crate) carried: Carried,
    pub(crate) tasks: Tasks,
    pub(crate) jobs: Jobs,
    pub(crate) root: Root,
    lanes: Lanes,
    signaler: Mutex<Option<Signaler>>,
    signal: Signal,
}

impl Run {
    pub(crate) fn new(
        handle: tokio::runtime::Handle,
        panics: Panics,
        root: Root,
        lanes: Lanes,
    ) -> (Self, Receiver<Infallible>) {
        let (token, tasks_left) = mpsc::channel();
        let (signaler, signal) = Signaler::new();
        let run = Self {
            handle,
            began: Instant::now(),
            ended: AtomicBool::new(false),
            token: RwLock::new(Some(token)),
            panics,
            carried: Carried::default(),
            tasks: Tasks::new(),
            jobs: Jobs::default(),
            root,
            lanes,
            signaler: Mutex::new(Some(signaler)),
            signal,
        };
        (run, tasks_left)
    }

    pub(crate) fn signal(&self) -> Signal {
        self.signal.clone()
    }

    pub(crate) fn stop(&self, value: i32) {
        if let Some(mut signaler) = self.take_signaler() {
            signaler.signal(value);
        }
    }

    fn take_signaler(&self) -> Option<Signaler> {
        let mut signaler = self.signaler.lock().unwrap_or_else(PoisonError::into_inner);
        signaler.take()
    }

    /// Makes tokio's resources belong to this run while the guard lives.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// # Errors
    /// [`Error::Closed`] once the run is over.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.ended.load(SeqCst) {
            true => Err(Error::Closed),
            false => Ok(()),
        }
    }

    /// What a failure was: the run's end makes everything fail.
    pub(crate) fn failure(&self, error: Error) -> Error {
        self.check().err().unwrap_or(error)
    }

    /// Runs `f` unless the run is over, and does not let it end meanwhile. `f` is short.
    pub(crate) fn while_alive<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        // Not `read`: `f` may come back here, which would wait for a writer that waits for it.
        let token = match self.token.try_read() {
            Ok(token) => token,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        token.as_ref().map(|_| f())
    }

    fn token(&self) -> Option<Token> {
        let token = self.token.read().unwrap_or_else(PoisonError::into_inner);
        token.clone()
    }

    pub(crate) fn spawn<F>(self: &Arc<Self>, current: Current, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let token = self.token();
        let alive = token.is_some();
        let dropped = move || {
            let _ = &token;
            Error::Closed
        };
        let watched = Watched::new(self.clone(), future);
        let (task, handle) = Handle::new(current, watched, Panics::Catch, dropped);
        if alive {
            drop(self.handle.spawn(task));
        }
        handle
    }

    pub(crate) fn spawn_blocking<F, T>(self: &Arc<Self>, current: Current, work: F) -> Handle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let run = self.clone();
        let mut work = Work::new(current, work);
        let label = work.label();
        self.job(label.clone(), move || {
            work.run().map_err(|payload| {
                run.panicked(&label, payload);
                Error::Exited
            })
        })
    }

    /// Runs `work` on a thread of its own; it does not panic.
    pub(crate) fn job<F, T>(&self, label: Arc<str>, work: F) -> Handle<T>
    where
        F: FnOnce() -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let (ticket, handle) = self.jobs.begin(label);
        self.on_thread(move || ticket.finish(work()));
        handle
    }

    /// Runs `work` on a thread of its own, or drops it when the run ends first.
    pub(crate) fn on_thread(&self, work: impl FnOnce() + Send + 'static) {
        drop(self.handle.spawn_blocking(work));
    }

    /// Runs `work` on one of storage's threads, when it is its turn, or drops it when the run ends
    /// first. It does not panic.
    pub(crate) fn on_lane(&self, work: impl FnOnce() + Send + 'static) {
        if let Some(lane) = self.lanes.queue(work) {
            self.on_thread(move || lane.run());
        }
    }

    /// Deals with a panic of the task or work labelled `label`.
    pub(crate) fn panicked(&self, label: &str, payload: Payload) {
        let panic = Panic {
            label: label.into(),
            payload,
        };
        let kept = match self.panics {
            Panics::Propagate => self.carried.carry(panic),
            Panics::Catch => Err(panic),
        };
        if let Err(panic) = kept {
            panic.log();
        }
    }

    /// Ends the run: drops its tasks, waits for blocking work, and makes every later call fail.
    pub(crate) fn end(&self, runtime: Runtime, left: &Receiver<Infallible>, grace: Duration) {
        let begin = Instant::now();
        self.ended.store(true, SeqCst);
        let mut token = self.token.write().unwrap_or_else(PoisonError::into_inner);
        *token = None;
        drop(token);
        // It waits for nothing, and so works inside another runtime, too.
        runtime.shutdown_background();
        let dropped = left.recv_timeout(grace.max(DROP_LIMIT));
        self.jobs.wait(grace.saturating_sub(begin.elapsed()));
        for label in self.jobs.abandon() {
            tracing::warn!(label = &*label, ?grace, "blocking work abandoned");
        }
        if dropped == Err(RecvTimeoutError::Timeout) {
            self.name_tasks();
        }
        self.root.release();
        drop(self.take_signaler());
    }

    fn name_tasks(&self) {
        let counts = self.tasks.counts().into_iter();
        for count in counts.filter(|count| count.running > 0) {
            tracing::warn!(
                label = count.label,
                "a task that blocks its thread abandoned"
            );
        }
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
