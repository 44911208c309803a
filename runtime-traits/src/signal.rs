//! One value, told once to everybody who waits for it.

use crate::{
    Error, panics,
    sync::{Mutex, MutexGuard},
};
use std::{
    collections::BTreeMap,
    fmt, mem,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll, Waker},
};

#[derive(Default)]
struct State {
    value: Option<Result<i32, Error>>,
    waiters: BTreeMap<u64, Waker>,
    next: u64,
}

type Shared = Arc<Mutex<State>>;

fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The end that signals. Dropped without a signal, it tells the waiting ends
/// [`Error::Closed`]. It belongs to no runtime: it works in any task and on any thread.
///
/// ```
/// # fn block_on<F: Future>(future: F) -> F::Output {
/// #     let mut future = std::pin::pin!(future);
/// #     let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop { if let std::task::Poll::Ready(v) = future.as_mut().poll(&mut cx) { return v } }
/// # }
/// use runtime_traits::Signaler;
///
/// let (mut signaler, signal) = Signaler::new();
/// signaler.signal(2);
/// assert_eq!(block_on(signal), Ok(2));
/// ```
pub struct Signaler(Shared);

impl Signaler {
    /// A signaler, and a signal that resolves when [`signal`](Self::signal) is called.
    pub fn new() -> (Self, Signal) {
        let shared = Shared::default();
        (
            Self(shared.clone()),
            Signal {
                shared,
                waiter: None,
            },
        )
    }

    /// Resolves the signal and all its clones with `value`. Later calls change nothing. Whoever waits
    /// is woken here, on this thread, so hold no lock that a waker may take.
    ///
    /// # Panics
    /// When a waker panics, once all are woken.
    pub fn signal(&mut self, value: i32) {
        self.resolve(Ok(value));
    }

    /// As [`signal`](Self::signal), for threads that share it: whoever comes second finds it resolved.
    ///
    /// # Panics
    /// When a waker panics, once all are woken.
    pub fn signal_shared(&self, value: i32) {
        self.resolve(Ok(value));
    }

    fn resolve(&self, value: Result<i32, Error>) {
        let mut state = lock(&self.0);
        if state.value.is_some() {
            return;
        }
        state.value = Some(value);
        let waiters = mem::take(&mut state.waiters);
        drop(state);
        let mut waiters = waiters.into_values();
        panics::despite(|| waiters.by_ref().for_each(Waker::wake));
    }
}

impl Drop for Signaler {
    fn drop(&mut self) {
        self.resolve(Err(Error::Closed));
    }
}

impl fmt::Debug for Signaler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signaler")
            .field("value", &lock(&self.0).value)
            .finish()
    }
}

/// The end that waits: a future that may be cloned, and polled again after it resolved.
///
/// In a loop wait on `&mut signal`, which costs no clone. Dropping it leaves nothing behind. One task
/// waits at each clone: of several the last that polled is woken.
pub struct Signal {
    shared: Shared,
    waiter: Option<u64>,
}

impl Future for Signal {
    type Output = Result<i32, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // A waker is another's code: it is cloned and dropped with the lock released.
        let mut clone = this.waiter.is_none().then(|| cx.waker().clone());
        loop {
            let mut state = lock(&this.shared);
            if let Some(value) = &state.value {
                return Poll::Ready(value.clone());
            }
            let waiter = *this.waiter.get_or_insert_with(|| {
                state.next += 1;
                state.next
            });
            let known = state.waiters.get(&waiter);
            if known.is_some_and(|waker| waker.will_wake(cx.waker())) {
                return Poll::Pending;
            }
            let before = clone
                .take()
                .map(|clone| state.waiters.insert(waiter, clone));
            drop(state);
            match before {
                Some(_) => return Poll::Pending,
                None => clone = Some(cx.waker().clone()),
            }
        }
    }
}

impl Clone for Signal {
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
            waiter: None,
        }
    }
}

impl Drop for Signal {
    fn drop(&mut self) {
        let waker = self
            .waiter
            .and_then(|waiter| lock(&self.shared).waiters.remove(&waiter));
        drop(waker);
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signal")
            .field("value", &lock(&self.shared).value)
            .finish()
    }
}

#[cfg(all(loom, test))]
mod models;
