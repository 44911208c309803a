//! The end of a server: its connections are told, and waited for.

use runtime_traits::{Signal, Signaler};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

/// The connections of one server.
pub(crate) struct Graceful {
    stop: Signaler,
    stopped: Signal,
    stopping: Arc<AtomicBool>,
    /// Each connection has it, so that it goes with the last one.
    open: Arc<Signaler>,
    closed: Signal,
}

impl Graceful {
    pub(crate) fn new() -> Self {
        let (stop, stopped) = Signaler::new();
        let (open, closed) = Signaler::new();
        Self {
            stop,
            stopped,
            stopping: Arc::default(),
            open: Arc::new(open),
            closed,
        }
    }

    /// For a connection, which is waited for until it drops it.
    pub(crate) fn connection(&self) -> Stop {
        Stop {
            stopped: self.stopped.clone(),
            stopping: self.stopping.clone(),
            waiting: None,
            told: false,
            _open: self.open.clone(),
        }
    }

    /// Tells the connections to end, and returns when all have.
    pub(crate) async fn shutdown(mut self) {
        self.stopping.store(true, Ordering::Release);
        self.stop.signal(0);
        drop(self.open);
        let _ = self.closed.await;
    }
}

/// Tells one connection to end.
pub(crate) struct Stop {
    stopped: Signal,
    /// Whether the signal is worth a look, which takes a lock that all connections share.
    stopping: Arc<AtomicBool>,
    /// What the signal wakes.
    waiting: Option<Waker>,
    told: bool,
    _open: Arc<Signaler>,
}

impl Stop {
    /// Whether to begin to end: once.
    pub(crate) fn begins(&mut self, cx: &mut Context<'_>) -> bool {
        let waits = |waker: &Waker| waker.will_wake(cx.waker());
        let waits = self.waiting.as_ref().is_some_and(waits);
        if self.told || waits && !self.stopping.load(Ordering::Acquire) {
            return false;
        }
        // A server that is dropped, or fails, has told nobody to end.
        self.told = matches!(Pin::new(&mut self.stopped).poll(cx), Poll::Ready(Ok(_)));
        self.waiting = Some(cx.waker().clone());
        self.told
    }
}
