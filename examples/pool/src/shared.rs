//! What the threads of a run share.

use crate::{clock::Timers, task::Job};
use runtime_traits::{Panics, Signal, Signaler, Tasks};
use std::{
    any::Any,
    collections::{BTreeMap, VecDeque},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

pub(crate) struct Shared {
    pub(crate) panics: Panics,
    pub(crate) tasks: Tasks,
    pub(crate) started: Instant,
    pub(crate) signal: Signal,
    signaler: Mutex<Option<Arc<Signaler>>>,
    state: Mutex<State>,
    /// Something is ready, or the run is over.
    pub(crate) ready: Condvar,
    /// The next deadline has changed, or the run is over.
    pub(crate) timer: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) ended: bool,
    pub(crate) ready: VecDeque<Arc<Job>>,
    pub(crate) jobs: BTreeMap<u64, Arc<Job>>,
    pub(crate) next: u64,
    pub(crate) timers: Timers,
    /// The first panic that is to leave `start`, and whom to tell.
    pub(crate) payload: Option<Box<dyn Any + Send>>,
    pub(crate) root: Option<std::thread::Thread>,
}

impl Shared {
    pub(crate) fn new(panics: Panics) -> Self {
        let (signaler, signal) = Signaler::new();
        Self {
            panics,
            tasks: Tasks::new(),
            started: Instant::now(),
            signal,
            signaler: Mutex::new(Some(Arc::new(signaler))),
            state: Mutex::default(),
            ready: Condvar::new(),
            timer: Condvar::new(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stop(&self, value: i32) {
        // Wakers are other people's code: they are woken with no lock held.
        let signaler = self.signaler.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(signaler) = signaler {
            signaler.signal_shared(value);
        }
    }

    /// Ends the run: no task is polled any more, and what is left is dropped here.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        let jobs = mem::take(&mut state.jobs);
        let ready = mem::take(&mut state.ready);
        let timers = mem::take(&mut state.timers);
        drop(state);
        self.ready.notify_all();
        self.timer.notify_all();
        jobs.into_values().for_each(|job| job.cancel());
        // Wakers are other people's code: they are dropped with no lock held.
        drop((ready, timers));
        let signaler = self
            .signaler
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(signaler);
    }
}
