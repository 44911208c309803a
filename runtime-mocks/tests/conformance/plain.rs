//! No runtime: `block_on` of the futures crate, a thread for each task and for each sleep.

use futures::{channel::oneshot, executor::block_on, future::BoxFuture};
use runtime_traits::{Clock, Current, Error, Handle, Panics, Runner, Signal, Signaler, Spawner};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread,
    time::{Duration, Instant, SystemTime},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A run that needs no end: its threads end with their tasks.
pub(crate) struct Plain;

#[derive(Clone)]
pub(crate) struct Threads {
    begin: Instant,
    stop: Arc<Signaler>,
    stopped: Signal,
}

pub(crate) fn new() -> (Plain, Threads) {
    let (stop, stopped) = Signaler::new();
    let context = Threads {
        begin: Instant::now(),
        stop: Arc::new(stop),
        stopped,
    };
    (Plain, context)
}

impl Runner for Plain {
    fn start<F: Future>(self, root: F) -> F::Output {
        block_on(root)
    }
}

impl Spawner for Threads {
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let current = Current::child(label);
        // Boxed: a thread's stack is small, and a future may not be.
        let future: BoxFuture<'static, F::Output> = Box::pin(future);
        let (task, handle) = Handle::new(current, future, Panics::Catch, || Error::Closed);
        thread::spawn(move || block_on(task));
        handle
    }

    fn stop(&self, value: i32) {
        self.stop.signal_shared(value);
    }

    fn stopped(&self) -> Signal {
        self.stopped.clone()
    }
}

impl Clock for Threads {
    type Sleep = Sleep;

    fn current(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        DAY + self.begin.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let (end, ended) = oneshot::channel();
        thread::spawn(move || {
            thread::sleep(duration);
            // Nobody waits any more where it fails.
            let _ = end.send(());
        });
        Sleep(ended)
    }

    fn sleep_until(&self, deadline: SystemTime) -> Sleep {
        self.sleep(
            deadline
                .duration_since(self.current())
                .unwrap_or(Duration::ZERO),
        )
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> Sleep {
        self.sleep(deadline.saturating_sub(self.monotonic()))
    }
}

pub(crate) struct Sleep(oneshot::Receiver<()>);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}
