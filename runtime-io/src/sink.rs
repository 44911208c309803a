//! The half of a split object that sends.

use crate::{Duplex, error::send_failed, split::Shared};
use runtime_traits::Error;
use std::{
    fmt,
    io::{self, ErrorKind::WriteZero, IoSlice},
    sync::Arc,
    task::{Context, Poll, ready},
};

/// The sending half of a [`Duplex`] that was [split](crate::split).
///
/// A closing that was begun cannot be taken back: from the first
/// [`poll_close`](runtime_traits::Sink::poll_close) on, sending is [`Error::Closed`].
///
/// Closing is [`Error::SendFailed`], and asks the object nothing, once the object has failed in either
/// direction as a connection does that broke off: reset, aborted, timed out, unreachable. Any other
/// failure of the stream, as of TLS whose peer said no farewell, lets the object be shut down.
pub struct Sink<D: Duplex> {
    shared: Arc<Shared<D>>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Closing,
    Closed,
    Poisoned,
}

impl<D: Duplex> Sink<D> {
    pub(crate) fn new(shared: Arc<Shared<D>>) -> Self {
        let state = State::Open;
        Self { shared, state }
    }

    /// Polls the object that was split, and notes how it failed.
    fn poll<T>(&self, poll: impl FnOnce(&mut D) -> Poll<io::Result<T>>) -> Poll<Result<T, Error>> {
        let mut state = self.shared.lock();
        // Gone: this sink is poisoned.
        let io = state.io.as_mut().ok_or(Error::Closed)?;
        Poll::Ready(ready!(poll(io)).map_err(|error| {
            state.note(error.kind());
            send_failed(error)
        }))
    }

    fn check_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            State::Closing | State::Closed | State::Poisoned => Err(Error::Closed),
        }
    }
}

impl<D: Duplex> runtime_traits::Sink for Sink<D> {
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        self.check_open()?;
        let Some(first) = bufs.iter().position(|buf| !buf.is_empty()) else {
            return Poll::Ready(Ok(0));
        };
        match ready!(self.poll(|io| io.poll_write(cx, &bufs[first..])))? {
            0 => Poll::Ready(Err(Error::SendFailed(WriteZero.into()))),
            sent => Poll::Ready(Ok(sent)),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.check_open()?;
        self.poll(|io| io.poll_flush(cx))
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.state {
            State::Closed => return Poll::Ready(Ok(())),
            State::Poisoned => {}
            State::Open | State::Closing => {
                self.state = State::Closing;
                // The object may say that it has shut down, as a socket of tokio's does.
                if let Some(kind) = self.shared.lock().broken {
                    return Poll::Ready(Err(Error::SendFailed(kind.into())));
                }
            }
        }
        ready!(self.poll(|io| io.poll_shutdown(cx)))?;
        self.state = State::Closed;
        Poll::Ready(Ok(()))
    }

    fn poison(&mut self) {
        if self.state != State::Poisoned {
            self.state = State::Poisoned;
            self.shared.reset();
        }
    }
}

impl<D: Duplex> Drop for Sink<D> {
    fn drop(&mut self) {
        if matches!(self.state, State::Open | State::Closing) {
            self.shared.abandon();
        }
    }
}

impl<D: Duplex> fmt::Debug for Sink<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
