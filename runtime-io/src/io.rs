//! Both halves of a connection in one object, as libraries want them. It knows no library.

use crate::{Reader, Writer};
use runtime_traits::{Sink, Stream};
use std::{
    io::{IoSlice, Result},
    task::{Context, Poll},
};

/// A [`Sink`] and a [`Stream`] in one object: `AsyncRead + AsyncWrite` of tokio with the feature
/// `tokio-1`, of futures with `futures-03`.
///
/// It is `Unpin`, and `Send` and `Sync` where its halves are. It behaves as a [`Reader`] and a
/// [`Writer`] do: no bytes of its own, vectored writes, shutting down is a half-close.
#[derive(Debug)]
pub struct Io<Si, St> {
    writer: Writer<Si>,
    reader: Reader<St>,
}

impl<Si, St> Io<Si, St> {
    /// Joins the halves of a connection, or any two.
    pub fn new(sink: Si, stream: St) -> Self {
        Self {
            writer: Writer::new(sink),
            reader: Reader::new(stream),
        }
    }

    /// The sink.
    pub fn sink(&self) -> &Si {
        self.writer.get_ref()
    }

    /// The sink, to send on it directly.
    pub fn sink_mut(&mut self) -> &mut Si {
        self.writer.get_mut()
    }

    /// The stream, for its addresses.
    pub fn stream(&self) -> &St {
        self.reader.get_ref()
    }

    /// The stream, to receive from it directly.
    pub fn stream_mut(&mut self) -> &mut St {
        self.reader.get_mut()
    }

    /// The halves again, nothing written and nothing unread lost.
    ///
    /// A library that gives the object back may have read ahead: put the bytes that it hands over
    /// with it, such as the `read_buf` of tokio-util's `FramedParts`, back by
    /// [`unread`](Stream::unread).
    pub fn into_parts(self) -> (Si, St) {
        (self.writer.into_inner(), self.reader.into_inner())
    }
}

impl<Si, St> From<(Si, St)> for Io<Si, St> {
    /// As a dial gives them.
    fn from((sink, stream): (Si, St)) -> Self {
        Self::new(sink, stream)
    }
}

impl<Si, St: Stream> Io<Si, St> {
    /// As [`Reader::poll_read`].
    pub fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize>> {
        self.reader.poll_read(cx, buf)
    }
}

impl<Si: Sink, St> Io<Si, St> {
    /// As [`Writer::poll_write`].
    pub fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.writer.poll_write(cx, bufs)
    }

    /// As [`Writer::poll_flush`].
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.writer.poll_flush(cx)
    }

    /// As [`Writer::poll_shutdown`].
    pub fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.writer.poll_shutdown(cx)
    }
}
