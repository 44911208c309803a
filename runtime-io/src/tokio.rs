//! The traits of tokio 1, both ways.

use crate::{Duplex, Io, Reader, Writer};
use runtime_traits::{Sink, Stream};
use std::{
    io::{IoSlice, Result},
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much of a buffer that nobody has written to yet a read fills with zeros, in bytes. A stream
/// receives into initialised memory; a library that asks again and again with a large buffer would
/// wait for zeros more than for bytes.
const ZEROED: usize = 64 << 10;

/// An `AsyncRead + AsyncWrite` of tokio 1 as a [`Duplex`], to be [split](crate::split).
///
/// Wrap in a `Box::pin` what is not `Unpin`. Two halves that tokio knows apart, such as a process's
/// output and input, are joined by `tokio::io::join` first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokio<T>(pub T);

impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for Tokio<T> {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize>> {
        let mut buf = ReadBuf::new(buf);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut buf))?;
        Poll::Ready(Ok(buf.filled().len()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<Result<usize>> {
        let io = Pin::new(&mut self.0);
        match bufs {
            [buf] => io.poll_write(cx, buf),
            bufs => io.poll_write_vectored(cx, bufs),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

macro_rules! reads {
    ($([$($generic:tt)*] $target:ty),*) => {$(
        impl<$($generic)*> AsyncRead for $target {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<Result<()>> {
                let initialized = buf.initialized().len() - buf.filled().len();
                let room = buf.remaining().min(initialized.max(ZEROED));
                let room = buf.initialize_unfilled_to(room);
                let received = ready!(self.get_mut().poll_read(cx, room))?;
                buf.advance(received);
                Poll::Ready(Ok(()))
            }
        }
    )*};
}
reads!([St: Stream] Reader<St>, [Si, St: Stream] Io<Si, St>);

macro_rules! writes {
    ($([$($generic:tt)*] $target:ty),*) => {$(
        impl<$($generic)*> AsyncWrite for $target {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<Result<usize>> {
                self.get_mut().poll_write(cx, &[IoSlice::new(buf)])
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<Result<usize>> {
                self.get_mut().poll_write(cx, bufs)
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
                self.get_mut().poll_flush(cx)
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
                self.get_mut().poll_shutdown(cx)
            }
        }
    )*};
}
writes!([Si: Sink] Writer<Si>, [Si: Sink, St] Io<Si, St>);
