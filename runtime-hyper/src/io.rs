//! A connection as hyper wants it. What it does is `runtime-io`'s.

use crate::opening::Opening;
use hyper::rt::{self, ReadBufCursor};
use runtime_io::error::into_io;
use runtime_traits::{Sink, Stream};
use std::{
    cell::Cell,
    io::{self, IoSlice},
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
/// Errors are those of [`runtime_io::error`]; [`find`](crate::find) gets the
/// [`runtime_traits::Error`] out of hyper's own. Shutting down half-closes: what is still to come can
/// be read. It is `Unpin` always, and `Send` where both halves are.
#[derive(Debug)]
pub struct Io<Si, St>(runtime_io::Io<Si, St>, Option<Opening>);

impl<Si, St> Io<Si, St> {
    /// Both halves of one connection.
    pub fn new(sink: Si, stream: St) -> Self {
        Self(runtime_io::Io::new(sink, stream), None)
    }

    /// Both halves of a connection whose first bytes are heard.
    pub(crate) fn heard(sink: Si, stream: St, opening: Opening) -> Self {
        Self(runtime_io::Io::new(sink, stream), Some(opening))
    }

    /// The halves again, nothing lost. What hyper has read ahead it gives back with the object.
    pub fn into_parts(self) -> (Si, St) {
        self.0.into_parts()
    }
}

impl<Si, St: Stream> rt::Read for Io<Si, St> {
    /// hyper's buffers are uninitialised, and safe code writes to them by copying: what comes is copied
    /// once. To lend them to the stream would be to zero them first, whole, 8 KiB or more, however few
    /// bytes come. What is sent is not copied: the sink is handed hyper's own buffers.
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let limit = buf.remaining().min(CHUNK);
        SPARE.with(|spare| {
            let mut chunk = spare.take().unwrap_or_else(|| vec![0; CHUNK].into());
            let received = self.0.stream_mut().poll_recv(cx, &mut chunk[..limit]);
            if let Poll::Ready(Ok(count)) = received {
                buf.put_slice(&chunk[..count]);
                self.1.take_if(|opening| opening.hears(&chunk[..count]));
            }
            spare.set(Some(chunk));
            received.map_ok(drop).map_err(into_io)
        })
    }
}

impl<Si: Sink, St> rt::Write for Io<Si, St> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, &[IoSlice::new(buf)])
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, bufs)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_shutdown(cx)
    }
}

// The halves are polled by reference: nothing of them is pinned with this.
impl<Si, St> Unpin for Io<Si, St> {}
