//! A connection as hyper wants it: one object that reads and writes. It knows no protocol.

use hyper::rt::{self, ReadBufCursor};
use hyper_util::client::legacy::connect::{Connected, Connection};
use runtime_traits::{Error, Sink, Stream};
use std::{
    cell::Cell,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

/// How much is received at a time, at most.
const CHUNK: usize = 64 << 10;

thread_local! {
    /// Where bytes are received before they are handed to hyper, shared by the thread's connections.
    static SPARE: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

/// A sink and a stream as one object for hyper.
///
/// Errors become [`io::Error`]s of their cause's kind, with the
/// [`runtime_traits::Error`](Error) inside. Shutting down half-closes: what is still to come can be
/// read. It is `Unpin` always, and `Send` where both halves are.
#[derive(Debug)]
pub struct Io<Si, St> {
    sink: Si,
    stream: St,
}

impl<Si, St> Io<Si, St> {
    /// Both halves of one connection.
    pub fn new(sink: Si, stream: St) -> Self {
        Self { sink, stream }
    }

    /// The halves again.
    pub fn into_parts(self) -> (Si, St) {
        (self.sink, self.stream)
    }
}

// The halves are polled by reference: nothing of them is pinned with this.
impl<Si, St> Unpin for Io<Si, St> {}

impl<Si, St: Stream> rt::Read for Io<Si, St> {
    /// hyper's buffers are uninitialised, and safe code writes to them by copying. That is no loss:
    /// to lend them would be to zero them first, whole, however few bytes come.
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let limit = buf.remaining().min(CHUNK);
        if limit == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut spare = SPARE.take().unwrap_or_else(|| vec![0; CHUNK].into());
        let received = self.stream.poll_recv(cx, &mut spare[..limit]);
        if let Poll::Ready(Ok(count)) = received {
            buf.put_slice(&spare[..count]);
        }
        SPARE.set(Some(spare));
        received.map_ok(|_| ()).map_err(into_io)
    }
}

impl<Si: Sink, St> rt::Write for Io<Si, St> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if bufs.iter().all(|buf| buf.is_empty()) {
            return Poll::Ready(Ok(0));
        }
        self.sink.poll_send(cx, bufs).map_err(into_io)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.sink.poll_flush(cx).map_err(into_io)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.sink.poll_close(cx).map_err(into_io)
    }
}

impl<Si, St> Connection for Io<Si, St> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// With the kind of its cause, and itself inside.
pub(crate) fn into_io(error: Error) -> io::Error {
    let kind = match &error {
        Error::Closed => ErrorKind::NotConnected,
        Error::Timeout => ErrorKind::TimedOut,
        Error::SendFailed(cause) | Error::RecvFailed(cause) => cause.kind(),
        Error::ConnectionFailed(_, cause) | Error::ResolveFailed(_, cause) => cause.kind(),
        _ => ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
