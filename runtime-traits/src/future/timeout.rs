//! A future with a limit.

use crate::Error;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// What [`Clock::timeout`](crate::Clock::timeout) returns.
///
/// Both parts are boxed: it is `Unpin` whatever they are, and may outlive the clock.
#[must_use = "futures do nothing unless awaited"]
pub struct Timeout<F, S> {
    future: Pin<Box<F>>,
    sleep: Pin<Box<S>>,
}

impl<F: Future, S: Future<Output = ()>> Timeout<F, S> {
    pub(crate) fn new(future: F, sleep: S) -> Self {
        Self {
            future: Box::pin(future),
            sleep: Box::pin(sleep),
        }
    }
}

impl<F: Future, S: Future<Output = ()>> Future for Timeout<F, S> {
    type Output = Result<F::Output, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = self.future.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        self.sleep.as_mut().poll(cx).map(|()| Err(Error::Timeout))
    }
}

impl<F, S> fmt::Debug for Timeout<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").finish_non_exhaustive()
    }
}
