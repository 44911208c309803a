//! Receiving, exactly or as it comes.

use crate::{Error, Stream};
use std::{
    io::ErrorKind::UnexpectedEof,
    pin::Pin,
    task::{Context, Poll},
};

/// What [`Stream::recv`] returns. Dropped before it is done, it gives back what it took.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct RecvExact<'a, S: Stream + ?Sized> {
    stream: &'a mut S,
    buf: &'a mut [u8],
    filled: usize,
}

impl<'a, S: Stream + ?Sized> RecvExact<'a, S> {
    pub(crate) fn new(stream: &'a mut S, buf: &'a mut [u8]) -> Self {
        Self {
            stream,
            buf,
            filled: 0,
        }
    }

    fn give_back(&mut self) {
        let taken = std::mem::take(&mut self.filled);
        if taken > 0 {
            self.stream.unread(&self.buf[..taken]);
        }
    }
}

impl<S: Stream + ?Sized> Future for RecvExact<'_, S> {
    type Output = Result<(), Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        while this.filled < this.buf.len() {
            let failure = match this.stream.poll_recv(cx, &mut this.buf[this.filled..]) {
                Poll::Ready(Ok(0)) => Error::RecvFailed(UnexpectedEof.into()),
                Poll::Ready(Ok(received)) => {
                    this.filled += received;
                    continue;
                }
                Poll::Ready(Err(error)) => error,
                Poll::Pending => return Poll::Pending,
            };
            this.give_back();
            return Poll::Ready(Err(failure));
        }
        this.filled = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: Stream + ?Sized> Drop for RecvExact<'_, S> {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// What [`Stream::recv_some`] returns.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct RecvSome<'a, S: ?Sized> {
    stream: &'a mut S,
    buf: &'a mut [u8],
}

impl<'a, S: Stream + ?Sized> RecvSome<'a, S> {
    pub(crate) fn new(stream: &'a mut S, buf: &'a mut [u8]) -> Self {
        Self { stream, buf }
    }
}

impl<S: Stream + ?Sized> Future for RecvSome<'_, S> {
    type Output = Result<usize, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        this.stream.poll_recv(cx, this.buf)
    }
}
