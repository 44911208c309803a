//! Just enough to drive a future: one poll at a time, with wakers that tell what happened to them.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{Receiver, Sender, channel},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

/// Polls only when it is woken: a lost wake-up ends in a panic.
///
/// # Panics
/// After ten seconds without a wake-up.
pub(crate) fn block_on<F: Future + Unpin>(mut future: F) -> F::Output {
    let (wake, woken) = channel();
    let waker = Waker::from(Arc::new(Woken(wake)));
    loop {
        match poll_as(&mut future, &waker) {
            Poll::Ready(output) => return output,
            Poll::Pending => wait(&woken),
        }
    }
}

pub(crate) fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_as(future, Waker::noop())
}

pub(crate) fn poll_as<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

fn wait(woken: &Receiver<()>) {
    woken
        .recv_timeout(Duration::from_secs(10))
        .expect("a wake-up was lost");
}

struct Woken(Sender<()>);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        // Woken after the end: nobody waits.
        let _ = self.0.send(());
    }
}

/// Counts how often its wakers are woken.
#[derive(Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn counted() -> (Arc<Self>, Waker) {
        let wakes = Arc::new(Self::default());
        (wakes.clone(), wakes.into())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Wakers that run `woken` when they are woken, and `dropped` when the last of them is gone.
pub(crate) fn waker(
    woken: impl Fn() + Send + Sync + 'static,
    dropped: impl Fn() + Send + Sync + 'static,
) -> Waker {
    Waker::from(Arc::new(Calls { woken, dropped }))
}

struct Calls<W: Fn(), D: Fn()> {
    woken: W,
    dropped: D,
}

impl<W, D> Wake for Calls<W, D>
where
    W: Fn() + Send + Sync + 'static,
    D: Fn() + Send + Sync + 'static,
{
    fn wake(self: Arc<Self>) {
        (self.woken)();
    }
}

impl<W: Fn(), D: Fn()> Drop for Calls<W, D> {
    fn drop(&mut self) {
        (self.dropped)();
    }
}

/// Runs `test` on a thread of its own: where a waker is woken or dropped under a lock that it comes
/// back to, that thread never ends.
pub(crate) fn ends(test: impl FnOnce() + Send + 'static) {
    let (done, wait) = channel();
    thread::spawn(move || {
        test();
        done.send(())
    });
    wait.recv_timeout(Duration::from_secs(10))
        .expect("deadlock, or a panic above");
}
