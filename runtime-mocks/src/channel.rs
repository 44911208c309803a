//! The bytes on their way from a sink to its stream, and who waits for them. It knows no scripts.

use crate::{
    Script, Sink, Stream,
    sync::{Mutex, MutexGuard},
};
use runtime_traits::Error;
use std::{
    collections::VecDeque,
    io::{
        ErrorKind::{BrokenPipe, ConnectionReset},
        IoSlice,
    },
    sync::{Arc, PoisonError},
    task::{Context, Poll, Waker},
};

/// A bounded, ordered channel of bytes in memory: what a [`Sink`] and its [`Stream`] share.
///
/// The two ends may live on different threads and under any executor.
///
/// | the sink is | the stream, once it has read what was sent |
/// |---|---|
/// | dropped or closed | ends: 0 |
/// | poisoned | fails: `RecvFailed` of kind `ConnectionReset`, now and ever after |
///
/// When the stream is dropped the sink fails: `SendFailed` of kind `BrokenPipe`.
#[derive(Debug)]
pub struct Channel {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    bytes: VecDeque<u8>,
    capacity: usize,
    writer: Writer,
    reader_gone: bool,
    waiting_reader: Option<Waker>,
    waiting_writer: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    Open,
    Finished,
    Reset,
}

impl Channel {
    /// A sink, and the stream that receives what it sends.
    ///
    /// At most `capacity` bytes are on their way at a time: a sink that is further ahead waits for
    /// its stream. Bytes that were given back by [`unread`](runtime_traits::Stream::unread) do not
    /// count.
    ///
    /// # Panics
    /// When `capacity` is 0: no byte could ever be sent.
    #[track_caller]
    pub fn init(capacity: usize) -> (Sink, Stream) {
        Self::scripted(capacity, Script::new(), Script::new())
    }

    /// As [`init`](Self::init), with a sink and a stream that follow a [`Script`] each.
    ///
    /// # Panics
    /// When `capacity` is 0.
    #[track_caller]
    pub fn scripted(capacity: usize, sink: Script, stream: Script) -> (Sink, Stream) {
        assert!(
            capacity > 0,
            "a channel of capacity 0 can carry no byte: give it at least 1"
        );
        let state = Mutex::new(State {
            bytes: VecDeque::new(),
            capacity,
            writer: Writer::Open,
            reader_gone: false,
            waiting_reader: None,
            waiting_writer: None,
        });
        let channel = Arc::new(Self { state });
        let sink = Sink::new(channel.clone(), sink);
        (sink, Stream::new(channel, stream))
    }

    /// Moves bytes into `buf`, which is not empty: at least one, or 0 at the end.
    pub(crate) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        let mut state = self.lock();
        let count = buf.len().min(state.bytes.len());
        if count == 0 {
            return match state.writer {
                Writer::Open => wait(state, |state| &mut state.waiting_reader, cx),
                Writer::Finished => Poll::Ready(Ok(0)),
                Writer::Reset => Poll::Ready(Err(Error::RecvFailed(ConnectionReset.into()))),
            };
        }
        for (to, from) in buf.iter_mut().zip(state.bytes.drain(..count)) {
            *to = from;
        }
        let writer = state.waiting_writer.take();
        drop(state);
        wake(writer);
        Poll::Ready(Ok(count))
    }

    /// Takes at least one byte and at most `limit` from `bufs`, which are not all empty.
    pub(crate) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
        limit: usize,
    ) -> Poll<Result<usize, Error>> {
        let mut state = self.lock();
        if state.reader_gone {
            return Poll::Ready(Err(Error::SendFailed(BrokenPipe.into())));
        }
        let room = limit.min(state.capacity - state.bytes.len());
        if room == 0 {
            return wait(state, |state| &mut state.waiting_writer, cx);
        }
        let before = state.bytes.len();
        for buf in bufs {
            let rest = before + room - state.bytes.len();
            state.bytes.extend(&buf[..buf.len().min(rest)]);
        }
        let count = state.bytes.len() - before;
        let reader = state.waiting_reader.take();
        drop(state);
        wake(reader);
        Poll::Ready(Ok(count))
    }

    pub(crate) fn reader_is_gone(&self) -> bool {
        self.lock().reader_gone
    }

    /// Nothing more will be sent: the reader's clean end.
    pub(crate) fn finish(&self) {
        self.end_writer(Writer::Finished);
    }

    /// The connection broke off: no end that the reader sees is clean from here on.
    pub(crate) fn reset(&self) {
        self.end_writer(Writer::Reset);
    }

    fn end_writer(&self, writer: Writer) {
        let mut state = self.lock();
        state.writer = writer;
        let reader = state.waiting_reader.take();
        let own = state.waiting_writer.take();
        drop(state);
        drop(own);
        wake(reader);
    }

    /// Nothing more will be read.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.reader_gone = true;
        state.bytes.clear();
        let writer = state.waiting_writer.take();
        let own = state.waiting_reader.take();
        drop(state);
        drop(own);
        wake(writer);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// A waker is another's code, and may come back to this channel: it is woken and dropped with the
// lock released.

fn wait<R>(
    mut state: MutexGuard<'_, State>,
    place: fn(&mut State) -> &mut Option<Waker>,
    cx: &mut Context<'_>,
) -> Poll<R> {
    let before = place(&mut state).replace(cx.waker().clone());
    drop(state);
    drop(before);
    Poll::Pending
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(all(loom, test))]
mod models;
