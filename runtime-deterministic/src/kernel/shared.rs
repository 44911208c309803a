//! What crosses threads: the parked kernel, and what other threads want of a running one.

use super::{Ending, Kernel, Run, TaskId, local};
use crate::{
    clock::{Change, Clocks},
    draws::{Draws, Purpose},
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
        wait_while,
    },
    task::Job,
};
use runtime_traits::{Signal, Tasks};
use std::{
    collections::BTreeMap,
    panic::Location,
    sync::{Arc, OnceLock, PoisonError},
    task::Waker,
    thread::ThreadId, // tidy: to tell one thread from another, for a report
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
    /// With whether a thread wants it that does not run this.
    injected: Mutex<Vec<(Injected, bool)>>,
    /// The thread that runs this.
    home: OnceLock<ThreadId>,
    arrived: Condvar,
    ending: Mutex<Option<Ending>>,
    foreign_draws: Mutex<Draws>,
    /// Of hosts whose clocks are not the run's, and whether there are any.
    clocks: Mutex<BTreeMap<u32, Clocks>>,
    astray: AtomicBool,
    /// The latest life of each host, by number.
    lives: Mutex<Vec<Life>>,
}

/// What any thread may know of one life of a host.
#[derive(Clone)]
pub(crate) struct Life {
    pub(crate) number: u32,
    pub(crate) signal: Signal,
    pub(crate) labels: Tasks,
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

/// A task to be taken in.
pub(crate) struct Spawn {
    pub(crate) job: Job,
    pub(crate) host: u32,
    pub(crate) life: u32,
    pub(crate) site: &'static Location<'static>,
}

impl Shared {
    pub(crate) fn new(seed: u64, start_time: std::time::SystemTime) -> Arc<Self> {
        Run::enter(|run| {
            Arc::new(Self {
                run,
                start_time,
                now: AtomicU64::new(0),
                parked: Mutex::new(None),
                wanted: AtomicBool::new(false),
                injected: Mutex::default(),
                home: OnceLock::new(),
                arrived: Condvar::new(),
                ending: Mutex::new(None),
                foreign_draws: Mutex::new(Draws::new(seed, Purpose::Foreign)),
                clocks: Mutex::default(),
                astray: AtomicBool::new(false),
                lives: Mutex::default(),
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

    /// How the run ended; before its end, how it stood at the start.
    pub(crate) fn ending(&self) -> Ending {
        lock(&self.ending).clone().unwrap_or_default()
    }

    /// The run is over: nothing is taken in from here on, and what waited is dropped.
    pub(crate) fn end(&self, ending: Ending) {
        *lock(&self.ending) = Some(ending);
        drop(self.take_injected());
    }

    /// A life of a host, if it is the latest.
    pub(crate) fn life(&self, host: u32, number: u32) -> Option<Life> {
        let lives = lock(&self.lives);
        let life = lives.get(host as usize);
        life.filter(|life| life.number == number).cloned()
    }

    /// A life begins: the next of a host, or the first of the host after the last.
    pub(crate) fn begin(&self, host: u32, life: Life) {
        let mut lives = lock(&self.lives);
        let before = match lives.get_mut(host as usize) {
            Some(place) => Some(std::mem::replace(place, life)),
            None => {
                lives.push(life);
                None
            }
        };
        drop(lives);
        drop(before);
    }

    /// Bytes for a thread that the simulator does not run: no seed reaches their order.
    pub(crate) fn foreign_fill(&self, buf: &mut [u8]) {
        lock(&self.foreign_draws).fill(buf);
    }

    /// From now on this thread runs it.
    pub(crate) fn settle(&self) {
        let _ = self.home.set(this_thread());
    }

    pub(crate) fn inject(&self, injected: Injected) {
        let mut queue = lock(&self.injected);
        // After the end nobody looks: what waits in the queue would keep itself alive.
        if lock(&self.ending)
            .as_ref()
            .is_some_and(|ending| ending.over)
        {
            drop(queue);
            return drop(injected);
        }
        let foreign = self.home.get().is_some_and(|home| *home != this_thread());
        queue.push((injected, foreign));
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
        let mut queue = lock(&self.injected);
        self.wanted.store(false, Ordering::Relaxed);
        std::mem::take(&mut *queue)
    }

    /// Waits in real time for another thread to want something. Says whether one does.
    pub(crate) fn wait_injected(&self, limit: Duration) -> bool {
        let queue = lock(&self.injected);
        let queue = wait_while(&self.arrived, queue, limit, |queue| queue.is_empty());
        !queue.is_empty()
    }
}

fn this_thread() -> ThreadId {
    std::thread::current().id() // tidy: to tell one thread from another, for a report
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.run.leave();
    }
}
