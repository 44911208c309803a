//! The traits of futures 0.3, both ways.

use crate::{Duplex, Io, Reader, Writer};
use futures_io::{AsyncRead, AsyncWrite};
use runtime_traits::{Sink, Stream};
use std::{
    io::{IoSlice, Result},
    pin::Pin,
    task::{Context, Poll},
};

/// An `AsyncRead + AsyncWrite` of futures 0.3 as a [`Duplex`], to be [split](crate::split).
///
/// Wrap in a `Box::pin` what is not `Unpin`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Futures<T>(pub T);

impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for Futures<T> {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
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
        Pin::new(&mut self.0).poll_close(cx)
    }
}

macro_rules! reads {
    ($([$($generic:tt)*] $target:ty),*) => {$(
        impl<$($generic)*> AsyncRead for $target {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut [u8],
            ) -> Poll<Result<usize>> {
                self.get_mut().poll_read(cx, buf)
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

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
                self.get_mut().poll_flush(cx)
            }

            fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
                self.get_mut().poll_shutdown(cx)
            }
        }
    )*};
}
writes!([Si: Sink] Writer<Si>, [Si: Sink, St] Io<Si, St>);
