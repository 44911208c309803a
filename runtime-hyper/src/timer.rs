//! A runtime's clock as hyper wants it.

use hyper::rt;
use pin_project_lite::pin_project;
use runtime_traits::Clock;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// Tells hyper the time by a runtime's monotonic clock: in simulation its time-outs take virtual time.
///
/// hyper counts in [`Instant`]s, which nobody but the host's clock can make. The timer takes one when
/// it is made, and reckons from it; what that instant is makes no difference.
#[derive(Clone)]
pub struct Timer<C> {
    clock: C,
    anchor: Instant,
    /// The clock at the anchor.
    start: Duration,
}

impl<C: Clock> Timer<C> {
    /// By this clock.
    pub fn new(clock: C) -> Self {
        let start = clock.monotonic();
        Self {
            clock,
            anchor: Instant::now(),
            start,
        }
    }
}

impl<C: Clock> rt::Timer for Timer<C> {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn rt::Sleep>> {
        let sleep = self.clock.sleep(duration);
        Box::pin(Sleep { sleep })
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn rt::Sleep>> {
        let since = deadline.saturating_duration_since(self.anchor);
        let deadline = self.start.saturating_add(since);
        let sleep = self.clock.sleep_until_monotonic(deadline);
        Box::pin(Sleep { sleep })
    }

    fn now(&self) -> Instant {
        self.anchor + self.clock.monotonic().saturating_sub(self.start)
    }
}

impl<C> fmt::Debug for Timer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}

pin_project! {
    /// What [`Timer`] gives to hyper.
    #[derive(Debug)]
    pub struct Sleep<F> {
        #[pin]
        sleep: F,
    }
}

impl<F: Future<Output = ()>> Future for Sleep<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl<F: Future<Output = ()> + Send + Sync> rt::Sleep for Sleep<F> {}
