//! What crosses threads: the parked kernel, and what other threads want of a running one.

use super::{
    Ending, Kernel, Run, TaskId,
    lives::{Lives, Stopping},
    local,
};
use crate::{
    clock::{Change, Clocks},
    draws::{Draws, Purpose},
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        wait_while,
    },
    task::Job,
};
use runtime_traits::{Signal, Signaler, Tasks};
use std::{
    collections::BTreeMap,
    mem,
    panic::Location,
    sync::{Arc, PoisonError},
    task::Waker,
    time::Duration,
};

/// One run, as everybody knows it who holds a context or an auditor, or has its number.
pub(crate) struct Shared {
    pub(crate) run: Run,
    pub(crate) start_time: std::time::SystemTime,
    /// Virtual nanoseconds since the start, for readers that have no kernel at hand.
    now: AtomicU64,
    /// The kernel, before `start` takes it to its thread.
    parked: Mutex<Option<Box<Kernel>>>,
    wanted: AtomicBool,
    inbox: Mutex<Inbox>,
    /// The thread that runs this, or 0 as long as none does.
    home: AtomicUsize,
    arrived: Condvar,
    foreign_draws: Mutex<Draws>,
    /// Of hosts whose clocks are not the run's, and whether there are any.
    clocks: Mutex<BTreeMap<u32, Clocks>>,
    astray: AtomicBool,
}

/// What threads hand to a run, and what it left for them.
#[derive(Default)]
struct Inbox {
    /// With whether a thread wants it that does not run this.
    injected: Vec<(Injected, bool)>,
    ending: Option<Ending>,
    lives: Lives,
}

/// What another thread wants of a run.
pub(crate) enum Injected {
    Wake(TaskId),
    Spawn(Spawn),
    Timer {
        clock: Option<u32>,
        deadline: u64,
        waker: Waker,
    },
    Stop {
        host: u32,
        life: u32,
        value: i32,
    },
    Call(Box<dyn FnOnce(&mut Kernel) + Send>),
}

/// What the end of a run leaves to be dropped, once the kernel is released.
pub(crate) type Left = (Vec<(Injected, bool)>, Vec<Arc<Signaler>>);

/// A task to be taken in.
pub(crate) struct Spawn {
    pub(crate) job: Job,
    pub(crate) host: u32,
    pub(crate) life: u32,
    pub(crate) site: &'static Location<'static>,
}

impl Shared {
    /// A run whose root's tasks are counted in `labels`.
    pub(crate) fn new(seed: u64, start_time: std::time::SystemTime, labels: Tasks) -> Arc<Self> {
        let mut inbox = Inbox::default();
        inbox.lives.begin(0, 0, labels);
        Run::enter(|run| {
            Arc::new(Self {
                run,
                start_time,
                now: AtomicU64::new(0),
                parked: Mutex::new(None),
                wanted: AtomicBool::new(false),
                inbox: Mutex::new(inbox),
                home: AtomicUsize::new(0),
                arrived: Condvar::new(),
                foreign_draws: Mutex::new(Draws::new(seed, Purpose::Foreign)),
                clocks: Mutex::default(),
                astray: AtomicBool::new(false),
            })
        })
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    pub(crate) fn set_now(&self, now: u64) {
        self.now.store(now, Ordering::Relaxed);
    }

    /// What a host's clocks show, when they are not the run's.
    pub(crate) fn clocks<R>(&self, host: u32, read: impl FnOnce(&Clocks) -> R) -> Option<R> {
        lock(&self.clocks).get(&host).map(read)
    }

    /// Whether the clocks of any host are not the run's, at the price of one load.
    #[inline]
    pub(crate) fn is_astray(&self) -> bool {
        self.astray.load(Ordering::Relaxed)
    }

    /// By how many millionths a host's clocks are too fast.
    pub(crate) fn drift(&self, host: u32) -> i32 {
        self.clocks(host, Clocks::drift).unwrap_or_default()
    }

    pub(crate) fn change_clocks(&self, host: u32, change: Change) {
        let mut clocks = lock(&self.clocks);
        let clocks = clocks
            .entry(host)
            .or_insert_with(|| Clocks::new(self.start_time));
        clocks.change(self.now(), change);
        self.astray.store(true, Ordering::Relaxed);
    }

    pub(crate) fn parked(&self) -> MutexGuard<'_, Option<Box<Kernel>>> {
        lock(&self.parked)
    }

    /// How the run ended; before its end, as if nothing had happened in it.
    pub(crate) fn ending(&self) -> Ending {
        lock(&self.inbox).ending.clone().unwrap_or_default()
    }

    pub(crate) fn is_over(&self) -> bool {
        lock(&self.inbox).ending.is_some()
    }

    /// The run is over: nothing is taken in from here on. What waited is returned to be dropped, and what
    /// tells those who watch for the stop.
    pub(crate) fn end(&self, ending: Ending) -> Left {
        let mut inbox = lock(&self.inbox);
        inbox.ending = Some(ending);
        let injected = mem::take(&mut inbox.injected);
        (injected, inbox.lives.end_all())
    }

    /// A life begins: the next of a host, or the first of the host after the last.
    pub(crate) fn begin(&self, host: u32, life: u32, labels: Tasks) {
        let before = lock(&self.inbox).lives.begin(host, life, labels);
        drop(before);
    }

    /// What counts the tasks of a life of a host, if it is the latest.
    pub(crate) fn labels(&self, host: u32, life: u32) -> Option<Tasks> {
        lock(&self.inbox).lives.labels(host, life)
    }

    /// Resolves when the life is told to stop, or ends.
    pub(crate) fn stopped(&self, host: u32, life: u32) -> Signal {
        lock(&self.inbox).lives.stopped(host, life)
    }

    /// The life is to stop, unless it is over.
    pub(crate) fn stop(&self, host: u32, life: u32, value: i32) -> Option<Stopping> {
        lock(&self.inbox).lives.stop(host, life, value)
    }

    /// The same from a thread that has no kernel: told when this returns, and taken in by the run before
    /// the life ends, if the run does not end with it.
    pub(crate) fn stop_from_afar(&self, host: u32, life: u32, value: i32) {
        let mut inbox = lock(&self.inbox);
        let Some((first, signaler)) = inbox.lives.stop(host, life, value) else {
            return;
        };
        self.put(inbox, Injected::Stop { host, life, value });
        if let Some(signaler) = signaler {
            signaler.signal_shared(first);
        }
    }

    /// The life is over. Returns what tells those who have asked, once it is dropped.
    pub(crate) fn end_life(&self, host: u32, life: u32) -> Option<Arc<Signaler>> {
        lock(&self.inbox).lives.end(host, life)
    }

    /// Bytes for a thread that the simulator does not run: no seed reaches their order.
    pub(crate) fn foreign_fill(&self, buf: &mut [u8]) {
        lock(&self.foreign_draws).fill(buf);
    }

    /// From now on this thread runs it.
    pub(crate) fn settle(&self) {
        self.home.store(local::this_thread(), Ordering::Relaxed);
    }

    pub(crate) fn inject(&self, injected: Injected) {
        let inbox = lock(&self.inbox);
        // After the end nobody looks: what waits there would keep itself alive.
        if inbox.ending.is_some() {
            drop(inbox);
            return drop(injected);
        }
        self.put(inbox, injected);
    }

    fn put(&self, mut inbox: MutexGuard<'_, Inbox>, injected: Injected) {
        let home = self.home.load(Ordering::Relaxed);
        let foreign = home != 0 && home != local::this_thread();
        inbox.injected.push((injected, foreign));
        self.wanted.store(true, Ordering::Release);
        self.arrived.notify_one();
    }

    /// Wakes one task, from any thread and at any time; after the task's end it does nothing.
    pub(super) fn wake(&self, task: TaskId) {
        if local::with(self, |kernel| kernel.wake(task)).is_none() {
            self.inject(Injected::Wake(task));
        }
    }

    #[inline]
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    pub(crate) fn take_injected(&self) -> Vec<(Injected, bool)> {
        let mut inbox = lock(&self.inbox);
        self.wanted.store(false, Ordering::Relaxed);
        mem::take(&mut inbox.injected)
    }

    /// Waits in real time for another thread to want something. Says whether one does.
    pub(crate) fn wait_injected(&self, limit: Duration) -> bool {
        let inbox = lock(&self.inbox);
        let nothing = |inbox: &mut Inbox| inbox.injected.is_empty();
        let inbox = wait_while(&self.arrived, inbox, limit, nothing);
        !inbox.injected.is_empty()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.run.leave();
    }
}
