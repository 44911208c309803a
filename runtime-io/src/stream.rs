//! The half of a split object that receives.

use crate::{
    Duplex,
    error::recv_failed,
    split::{Shared, State},
};
use runtime_traits::Error;
use std::{
    fmt,
    io::{self, ErrorKind::ConnectionReset},
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// The receiving half of a [`Duplex`] that was [split](crate::split).
///
/// Once the object has failed, in either direction and other than by a broken pipe, no end that the
/// stream comes to is clean: it is [`Error::RecvFailed`] of the kind of that failure.
pub struct Stream<D: Duplex> {
    shared: Arc<Shared<D>>,
    /// What was put back, the next byte last.
    unread: Vec<u8>,
}

impl<D: Duplex> Stream<D> {
    pub(crate) fn new(shared: Arc<Shared<D>>) -> Self {
        let unread = Vec::new();
        Self { shared, unread }
    }

    fn take_unread(&mut self, buf: &mut [u8]) -> usize {
        let taken = buf.len().min(self.unread.len());
        let left = self.unread.len() - taken;
        let bytes = self.unread.drain(left..).rev();
        buf.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        taken
    }
}

impl<D: Duplex> runtime_traits::Stream for Stream<D> {
    fn poll_recv(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if !self.unread.is_empty() {
            return Poll::Ready(Ok(self.take_unread(buf)));
        }
        let mut state = self.shared.lock();
        let polled = state.poll_recv(cx, buf);
        let before = state.wait(cx.waker(), polled.is_pending());
        drop(state);
        drop(before);
        polled
    }

    fn unread(&mut self, bytes: &[u8]) {
        self.unread.extend(bytes.iter().rev());
    }
}

impl<D: Duplex> State<D> {
    fn poll_recv(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        let Some(io) = &mut self.io else {
            return Poll::Ready(Err(Error::RecvFailed(ConnectionReset.into())));
        };
        if self.shuts_down {
            self.shuts_down = io.poll_shutdown(cx).is_pending();
        }
        io.poll_read(cx, buf).map(|read| self.received(read))
    }

    fn received(&mut self, read: io::Result<usize>) -> Result<usize, Error> {
        match (read, self.failed) {
            (Ok(0), Some(kind)) => Err(Error::RecvFailed(kind.into())),
            (Ok(count), _) => Ok(count),
            (Err(error), _) => {
                self.note(error.kind());
                Err(recv_failed(error))
            }
        }
    }

    /// Notes who waits, and returns the waker that is no longer needed.
    fn wait(&mut self, waker: &Waker, waits: bool) -> Option<Waker> {
        match &self.reader {
            Some(same) if waits && same.will_wake(waker) => None,
            _ => std::mem::replace(&mut self.reader, waits.then(|| waker.clone())),
        }
    }
}

impl<D: Duplex> fmt::Debug for Stream<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("unread", &self.unread.len())
            .finish_non_exhaustive()
    }
}
