//! The end that sends.

use crate::{
    Channel, Script,
    script::{Play, Turn},
};
use runtime_traits::Error;
use std::{
    io::{self, ErrorKind::BrokenPipe, IoSlice},
    sync::Arc,
    task::{Context, Poll, ready},
};

/// The sending end of a [`Channel`].
///
/// There is nothing to flush: what was taken can be read. [`close`](runtime_traits::Sink::close)
/// and dropping give the stream a clean end.
///
/// It fails with [`Error::Closed`] once it is closed or poisoned, with [`Error::SendFailed`] of kind
/// `BrokenPipe` once its stream is gone, and as its [`Script`] says. So does closing it, unless it is closed.
#[derive(Debug)]
pub struct Sink {
    channel: Arc<Channel>,
    play: Play,
    state: State,
}

#[derive(Debug)]
enum State {
    Open,
    Closed,
    Poisoned,
    Failed(io::ErrorKind),
}

impl Sink {
    pub(crate) fn new(channel: Arc<Channel>, script: Script) -> Self {
        Self {
            channel,
            play: Play::new(script),
            state: State::Open,
        }
    }

    fn check_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            State::Closed | State::Poisoned => Err(Error::Closed),
            State::Failed(kind) => Err(Error::SendFailed(kind.into())),
        }
    }
}

impl runtime_traits::Sink for Sink {
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        self.check_open()?;
        if bufs.iter().all(|buf| buf.is_empty()) {
            return Poll::Ready(Ok(0));
        }
        match self.play.turn() {
            Turn::Move { at_most } => {
                let count = ready!(self.channel.poll_write(cx, bufs, at_most))?;
                self.play.moved(count);
                Poll::Ready(Ok(count))
            }
            Turn::Wait => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Turn::Fail(kind) => {
                self.state = State::Failed(kind);
                self.channel.reset();
                Poll::Ready(Err(Error::SendFailed(kind.into())))
            }
            Turn::End => Poll::Ready(Ok(0)),
        }
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.check_open()?;
        Poll::Ready(match self.channel.reader_is_gone() {
            true => Err(Error::SendFailed(BrokenPipe.into())),
            false => Ok(()),
        })
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if !matches!(self.state, State::Closed) {
            ready!(self.poll_flush(cx))?;
            self.state = State::Closed;
            self.channel.finish();
        }
        Poll::Ready(Ok(()))
    }

    fn poison(&mut self) {
        self.state = State::Poisoned;
        self.channel.reset();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if matches!(self.state, State::Open) {
            self.channel.finish();
        }
    }
}
