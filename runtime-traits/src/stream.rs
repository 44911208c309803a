//! The half of a connection that receives.

use crate::{
    Error,
    future::{RecvExact, RecvSome},
};
use std::{
    net::SocketAddr,
    task::{Context, Poll},
};

/// Receives bytes in the order in which they were sent.
///
/// There are no hidden time-outs: a receive on an idle connection waits. Dropping a stream with
/// bytes unread may reset the connection.
pub trait Stream {
    /// Receives at least one byte, as many as there are and fit. 0 is the clean end of the stream,
    /// and what an empty `buf` gets at once.
    ///
    /// # Errors
    /// [`Error::RecvFailed`], of kind [`ConnectionReset`](std::io::ErrorKind::ConnectionReset) when
    /// the peer broke the connection off; [`Error::Closed`] when the runtime is gone.
    fn poll_recv(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>>;

    /// Puts bytes back: the next [`poll_recv`](Self::poll_recv) returns them first.
    ///
    /// It exists so that a dropped [`recv`](Self::recv) loses nothing. A parser that looks ahead
    /// keeps a buffer of its own instead.
    fn unread(&mut self, bytes: &[u8]);

    /// Fills `buf`.
    ///
    /// Cancel safe: dropped or failed, it gives back what it took.
    ///
    /// # Errors
    /// As [`poll_recv`](Self::poll_recv); a clean end before `buf` is full is
    /// [`Error::RecvFailed`] of kind [`UnexpectedEof`](std::io::ErrorKind::UnexpectedEof).
    fn recv<'a>(&'a mut self, buf: &'a mut [u8]) -> RecvExact<'a, Self>
    where
        Self: Sized,
    {
        RecvExact::new(self, buf)
    }

    /// [`poll_recv`](Self::poll_recv) as a future. Cancel safe.
    fn recv_some<'a>(&'a mut self, buf: &'a mut [u8]) -> RecvSome<'a, Self>
    where
        Self: Sized,
    {
        RecvSome::new(self, buf)
    }

    /// The other end's address, where there is one.
    fn peer_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// This end's address, where there is one.
    fn local_addr(&self) -> Option<SocketAddr> {
        None
    }
}

macro_rules! forward {
    ($($target:ty),*) => {$(
        #[deny(clippy::missing_trait_methods, reason = "a provided method may be overridden")]
        impl<T: Stream + ?Sized> Stream for $target {
            fn poll_recv(
                &mut self,
                cx: &mut Context<'_>,
                buf: &mut [u8],
            ) -> Poll<Result<usize, Error>> {
                (**self).poll_recv(cx, buf)
            }

            fn unread(&mut self, bytes: &[u8]) {
                (**self).unread(bytes);
            }

            fn recv<'a>(&'a mut self, buf: &'a mut [u8]) -> RecvExact<'a, Self> {
                RecvExact::new(self, buf)
            }

            fn recv_some<'a>(&'a mut self, buf: &'a mut [u8]) -> RecvSome<'a, Self> {
                RecvSome::new(self, buf)
            }

            fn peer_addr(&self) -> Option<SocketAddr> {
                (**self).peer_addr()
            }

            fn local_addr(&self) -> Option<SocketAddr> {
                (**self).local_addr()
            }
        }
    )*};
}
forward!(&mut T, Box<T>);
