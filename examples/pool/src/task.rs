//! Tasks, and the threads that poll them.

use crate::shared::Shared;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Wake, Waker},
};

type Body = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) struct Job {
    number: u64,
    body: Mutex<Option<Body>>,
    is_queued: AtomicBool,
    shared: Arc<Shared>,
}

/// Makes a task of `body`; after the end it is dropped instead.
pub(crate) fn spawn(shared: &Arc<Shared>, body: Body) {
    let mut state = shared.lock();
    if state.ended {
        drop(state);
        drop(body);
        return;
    }
    state.next += 1;
    let job = Arc::new(Job {
        number: state.next,
        body: Mutex::new(Some(body)),
        is_queued: AtomicBool::new(true),
        shared: shared.clone(),
    });
    state.jobs.insert(job.number, job.clone());
    state.ready.push_back(job);
    drop(state);
    shared.ready.notify_one();
}

/// A worker: polls what is ready until the run is over.
pub(crate) fn work(shared: &Shared) {
    loop {
        let mut state = shared.lock();
        let job = loop {
            if state.ended {
                return;
            }
            match state.ready.pop_front() {
                Some(job) => break job,
                None => {
                    let waited = shared.ready.wait(state);
                    state = waited.unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        drop(state);
        job.run();
    }
}

impl Job {
    fn run(self: Arc<Self>) {
        let waker = Waker::from(self.clone());
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        // A wake from here on asks for one more poll.
        self.is_queued.store(false, SeqCst);
        let Some(future) = body.as_mut() else {
            return;
        };
        let poll = || future.as_mut().poll(&mut Context::from_waker(&waker));
        let polled = catch_unwind(AssertUnwindSafe(poll));
        if matches!(&polled, Ok(polled) if polled.is_pending()) {
            return;
        }
        let ended = body.take();
        drop(body);
        drop(ended);
        let mut state = self.shared.lock();
        let job = state.jobs.remove(&self.number);
        if let Err(payload) = polled {
            state.payload.get_or_insert(payload);
            state.root.iter().for_each(std::thread::Thread::unpark);
        }
        drop(state);
        drop(job);
    }

    /// Drops the future, once nobody polls it.
    pub(crate) fn cancel(&self) {
        let body = self
            .body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(body);
    }
}

impl Wake for Job {
    fn wake(self: Arc<Self>) {
        if self.is_queued.swap(true, SeqCst) {
            return;
        }
        let shared = self.shared.clone();
        let mut state = shared.lock();
        if !state.ended {
            state.ready.push_back(self);
            drop(state);
            shared.ready.notify_one();
        }
    }
}
