//! A sink and a stream that note what they are handed, and a duplex that answers as it is told.

use runtime_io::Duplex;
use runtime_traits::Error;
use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

pub(crate) fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// Where a buffer lies and how long it is: two that are equal are one.
pub(crate) type Place = (*const u8, usize);

pub(crate) fn place(buf: &[u8]) -> Place {
    (buf.as_ptr(), buf.len())
}

/// Takes everything, in `sent` the buffers of each call.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) sent: Vec<Vec<Place>>,
    pub(crate) takes_nothing: bool,
}

impl runtime_traits::Sink for Sink {
    fn poll_send(
        &mut self,
        _: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        self.sent.push(bufs.iter().map(|buf| place(buf)).collect());
        let len = bufs.iter().map(|buf| buf.len()).sum();
        Poll::Ready(Ok(if self.takes_nothing { 0 } else { len }))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Err(Error::Timeout))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Err(Error::Exited))
    }

    fn poison(&mut self) {}
}

/// Fills half of every buffer, in `asked` where they lie.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    pub(crate) asked: Vec<Place>,
}

impl runtime_traits::Stream for Stream {
    fn poll_recv(&mut self, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        self.asked.push(place(buf));
        let half = buf.len() / 2;
        buf[..half].fill(7);
        Poll::Ready(Ok(half))
    }

    fn unread(&mut self, _: &[u8]) {}
}

type Queue<T> = VecDeque<Poll<io::Result<T>>>;

/// What a duplex answers to each call, in order.
#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) reads: Queue<&'static [u8]>,
    pub(crate) writes: Queue<usize>,
    pub(crate) flushes: Queue<()>,
    pub(crate) shutdowns: Queue<()>,
}

/// Answers as it is told, and is pending after the last answer; what happens to it is in the log.
pub(crate) struct Told {
    pub(crate) answers: Answers,
    pub(crate) log: Log,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    pub(crate) fn note(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }

    /// What was noted since it was asked last.
    pub(crate) fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Told {
    fn answer<T>(
        &self,
        call: &'static str,
        answer: Option<Poll<io::Result<T>>>,
    ) -> Poll<io::Result<T>> {
        self.log.note(call);
        answer.unwrap_or(Poll::Pending)
    }
}

impl Duplex for Told {
    fn poll_read(&mut self, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let answer = self.answers.reads.pop_front();
        self.answer("read", answer).map_ok(|bytes| {
            buf[..bytes.len()].copy_from_slice(bytes);
            bytes.len()
        })
    }

    fn poll_write(&mut self, _: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        assert!(!bufs[0].is_empty(), "the first buffer is not empty");
        let answer = self.answers.writes.pop_front();
        self.answer("write", answer)
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let answer = self.answers.flushes.pop_front();
        self.answer("flush", answer)
    }

    fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let answer = self.answers.shutdowns.pop_front();
        self.answer("shutdown", answer)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.log.note("drop");
    }
}
