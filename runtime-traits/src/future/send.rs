//! Sending a whole message, and closing.

use crate::{Error, Sink};
use std::{
    io::{ErrorKind::WriteZero, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

/// What [`Sink::send`] returns. Dropped after a first byte has left, it poisons the sink.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct SendAll<'a, S: Sink + ?Sized> {
    sink: &'a mut S,
    msg: &'a [u8],
    sent: usize,
    done: bool,
}

impl<'a, S: Sink + ?Sized> SendAll<'a, S> {
    pub(crate) fn new(sink: &'a mut S, msg: &'a [u8]) -> Self {
        Self {
            sink,
            msg,
            sent: 0,
            done: false,
        }
    }

    fn poll_all(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while self.sent < self.msg.len() {
            let rest = IoSlice::new(&self.msg[self.sent..]);
            // Matched where it lies: an error is large, and a result that is none need not be moved.
            match self.sink.poll_send(cx, &[rest]) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(Error::SendFailed(WriteZero.into()))),
                Poll::Ready(Ok(sent)) => self.sent += sent,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        self.sink.poll_flush(cx)
    }

    /// A send that left nothing behind is not done: polled again, it begins.
    fn end(&mut self, whole: bool) {
        let broken = !self.done && !whole && self.sent > 0;
        if broken {
            self.sink.poison();
        }
        self.done |= whole || broken;
    }
}

impl<S: Sink + ?Sized> Future for SendAll<'_, S> {
    type Output = Result<(), Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.msg.is_empty() {
            return Poll::Ready(Ok(()));
        }
        match this.poll_all(cx) {
            Poll::Ready(Ok(())) => {
                this.end(true);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => {
                this.end(false);
                Poll::Ready(Err(error))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: Sink + ?Sized> Drop for SendAll<'_, S> {
    fn drop(&mut self) {
        self.end(false);
    }
}

/// What [`Sink::close`] returns.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Close<'a, S: ?Sized> {
    sink: &'a mut S,
}

impl<'a, S: Sink + ?Sized> Close<'a, S> {
    pub(crate) fn new(sink: &'a mut S) -> Self {
        Self { sink }
    }
}

impl<S: Sink + ?Sized> Future for Close<'_, S> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.sink.poll_close(cx)
    }
}
