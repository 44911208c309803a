//! What a task of the store's uses a peer through: `runtime-traits` over that peer's own calls.
//!
//! Shared by the peers' packages; each has a module `peer` with its calls.

use crate::peer;
use runtime_traits::{
    Buggify, Clock, Current, Error, Handle, Panics, Random, Resolver, Signal, Signaler, Spawner,
};
use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// One life of a host.
#[derive(Clone)]
pub struct Context(Arc<Life>);

struct Life {
    stop: Signaler,
    stopped: Signal,
}

impl Context {
    pub(crate) fn new() -> Self {
        let (stop, stopped) = Signaler::new();
        Self(Arc::new(Life { stop, stopped }))
    }
}

impl Spawner for Context {
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let mut root = Current::root(self.clone()).with_order(peer::draw);
        let current = root.enter(|| Current::child(label));
        let (task, handle) = Handle::new(current, future, Panics::Propagate, || Error::Closed);
        peer::spawn(async move {
            task.await;
        });
        handle
    }

    fn stop(&self, value: i32) {
        self.0.stop.signal_shared(value);
    }

    fn stopped(&self) -> Signal {
        self.0.stopped.clone()
    }
}

impl Clock for Context {
    type Sleep = peer::Sleep;

    fn current(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + peer::elapsed()
    }

    fn monotonic(&self) -> Duration {
        peer::elapsed()
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        peer::sleep(duration)
    }

    fn sleep_until(&self, deadline: SystemTime) -> Self::Sleep {
        peer::sleep(deadline.duration_since(self.current()).unwrap_or_default())
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> Self::Sleep {
        peer::sleep(deadline.saturating_sub(self.monotonic()))
    }
}

impl Random for Context {
    fn fill(&self, buf: &mut [u8]) {
        for part in buf.chunks_mut(size_of::<u64>()) {
            part.copy_from_slice(&peer::draw().to_le_bytes()[..part.len()]);
        }
    }

    fn next_u64(&self) -> u64 {
        peer::draw()
    }
}

impl Buggify for Context {}

impl Resolver for Context {
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, Error> {
        Ok(vec![peer::resolve(host)])
    }
}
