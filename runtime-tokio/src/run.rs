//! What the contexts of one run share.

use crate::{
    blocking::{Jobs, Work},
    census::Census,
    handles::Handles,
    metrics::Meters,
    panics::{Carried, Panic},
    signals::{self, Signals},
    storage::{Lanes, Root},
    task::{self, Task},
};
use runtime_traits::{Current, Error, Handle, Panics, Signal, Signaler, Tasks, panics::Payload};
use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Waker},
    time::Instant,
};
use tokio::{runtime::EnterGuard, task::AbortHandle};

pub(crate) struct Run {
    handle: tokio::runtime::Handle,
    pub(crate) began: Instant,
    ended: AtomicBool,
    open: Apart<RwLock<bool>>,
    pub(crate) census: Census,
    /// `None` where tasks end with their runtime.
    handles: Option<Handles>,
    panics: Panics,
    pub(crate) carried: Carried,
    pub(crate) tasks: Tasks,
    pub(crate) meters: Meters,
    pub(crate) jobs: Jobs,
    pub(crate) root: Root,
    lanes: Lanes,
    signaler: Mutex<Option<Arc<Signaler>>>,
    signal: Signal,
    /// Hears the signals of the system.
    hearing: Mutex<Option<AbortHandle>>,
}

/// Whether a run goes on, written when it ends. Each reader writes to its lock, and would make the other
/// threads wait for what they only read, were it beside.
#[repr(align(128))]
struct Apart<T>(T);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    pub(crate) fn new(
        handle: tokio::runtime::Handle,
        panics: Panics,
        root: Root,
        lanes: Lanes,
        handles: Option<Handles>,
    ) -> Self {
        let (signaler, signal) = Signaler::new();
        Self {
            handle,
            began: Instant::now(),
            ended: AtomicBool::new(false),
            open: Apart(RwLock::new(true)),
            census: Census::default(),
            handles,
            panics,
            carried: Carried::default(),
            tasks: Tasks::new(),
            meters: Meters::default(),
            jobs: Jobs::default(),
            root,
            lanes,
            signaler: Mutex::new(Some(Arc::new(signaler))),
            signal,
            hearing: Mutex::default(),
        }
    }

    /// Lets the system's signals stop the run.
    pub(crate) fn hear(self: &Arc<Self>, signals: Signals) {
        let hearing = signals::stop(Arc::downgrade(self), signals);
        let hearing = self.handle.spawn(hearing).abort_handle();
        *lock(&self.hearing) = Some(hearing);
    }

    pub(crate) fn signal(&self) -> Signal {
        self.signal.clone()
    }

    /// The signal has resolved when this returns, also where another thread stops the run, too.
    pub(crate) fn stop(&self, value: i32) {
        // Wakers are other people's code: they are woken with the lock released.
        let signaler = lock(&self.signaler).clone();
        if let Some(signaler) = signaler {
            signaler.signal_shared(value);
        }
    }

    /// Closes the signal, unless the run was stopped.
    pub(crate) fn release_signal(&self) {
        let signaler = lock(&self.signaler).take();
        drop(signaler);
    }

    /// Whether [`stop`](Self::stop) was called.
    pub(crate) fn is_stopped(&self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        Pin::new(&mut self.signal()).poll(&mut cx).is_ready()
    }

    /// Makes tokio's resources belong to this run while the guard lives.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// # Errors
    /// [`Error::Closed`] once the run is over.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.is_over() {
            true => Err(Error::Closed),
            false => Ok(()),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.ended.load(SeqCst)
    }

    /// What a failure was: the run's end makes everything fail.
    pub(crate) fn failure(&self, error: Error) -> Error {
        self.check().err().unwrap_or(error)
    }

    /// Runs `f` unless the run is over, and does not let it end meanwhile. `f` is short.
    pub(crate) fn while_alive<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        // Not `read`: `f` may come back here, which would wait for a writer that waits for it.
        let open = match self.open.0.try_read() {
            Ok(open) => open,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        open.then(f)
    }

    /// `counted` says whether `current` carries a share in the census.
    pub(crate) fn spawn<F>(&self, current: Current, counted: bool, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        // One that meets the end is refused here, or dropped by tokio or by `abort_tasks`.
        let admitted = counted && !self.is_over();
        let handles = self.handles.as_ref().filter(|_| admitted);
        let place = handles.map(Handles::add);
        let span = tracing::info_span!("task", label = &**current.path());
        let task = Task::new(current, span, place, future);
        if !admitted {
            return task::refuse(task);
        }
        let task = self.handle.spawn(task);
        if let (Some(handles), Some(place)) = (handles, place) {
            handles.spawned(place, task.abort_handle());
        }
        task::handle(task)
    }

    /// The task in this place has ended.
    pub(crate) fn leave(&self, place: u64) {
        if let Some(handles) = &self.handles {
            handles.remove(place);
        }
    }

    /// Drops every task where it does not end with its runtime. Some may not have ended yet.
    pub(crate) fn abort_tasks(&self) -> Vec<AbortHandle> {
        let handles = self.handles.as_ref();
        handles.map_or_else(Vec::new, Handles::abort)
    }

    pub(crate) fn spawn_blocking<F, T>(self: &Arc<Self>, current: Current, work: F) -> Handle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let run = self.clone();
        let span = tracing::info_span!("blocking", label = &**current.path());
        let mut work = Work::new(current, work);
        let label = work.label();
        self.job(label.clone(), move || {
            let _entered = span.entered();
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

    /// Makes every later call fail.
    pub(crate) fn close(&self) {
        if let Some(hearing) = lock(&self.hearing).take() {
            hearing.abort();
        }
        self.ended.store(true, SeqCst);
        self.census.close();
        *self.open.0.write().unwrap_or_else(PoisonError::into_inner) = false;
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
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
