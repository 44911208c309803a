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
/// There are no hidden time-outs: a receive on an idle connection waits, for ever when the peer's
/// machine lost its power and nothing is sent to it. Whoever must notice puts the call into
/// [`Clock::timeout`](crate::Clock::timeout), or dials with
/// [`SocketConfig::keepalive`](crate::SocketConfig::keepalive).
///
/// Dropping a stream with bytes unread may reset the connection, so that what this end has sent may be
/// lost as well. Read to the end before dropping it where the peer still answers.
///
/// # For backends
/// One task waits at a time: the last that polled is woken. What is put back comes before all else. A
/// stream of bytes that are there already:
///
/// ```
/// use runtime_traits::{Error, Stream};
/// use std::{collections::VecDeque, io::Read, task::{Context, Poll}};
///
/// struct Recorded(VecDeque<u8>);
///
/// impl Stream for Recorded {
///     fn poll_recv(
///         &mut self,
///         _: &mut Context<'_>,
///         buf: &mut [u8],
///     ) -> Poll<Result<usize, Error>> {
///         Poll::Ready(self.0.read(buf).map_err(|error| Error::RecvFailed(error.into())))
///     }
///     fn unread(&mut self, bytes: &[u8]) {
///         bytes.iter().rev().for_each(|byte| self.0.push_front(*byte));
///     }
/// }
/// ```
pub trait Stream {
    /// Receives at least one byte, as many as there are and fit. 0 is the clean end of the stream,
    /// now and at each later call, and what an empty `buf` gets at once. How the bytes come in pieces
    /// says nothing of how they were sent.
    ///
    /// # Errors
    /// [`Error::RecvFailed`], of kind [`ConnectionReset`](std::io::ErrorKind::ConnectionReset) when
    /// the peer broke the connection off or the host that had it crashed, or of kind
    /// [`TimedOut`](std::io::ErrorKind::TimedOut) when probes or what was sent got no answer; every
    /// later call fails as well. [`Error::Closed`] when the runtime is gone.
    fn poll_recv(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>>;

    /// Puts bytes back: the next [`poll_recv`](Self::poll_recv) returns them first.
    ///
    /// Of several calls the last one's bytes come first. They are copied, and nothing bounds how many
    /// there are.
    ///
    /// It exists so that a dropped [`recv`](Self::recv) loses nothing. A parser that looks ahead
    /// keeps a buffer of its own instead.
    fn unread(&mut self, bytes: &[u8]);

    /// Fills `buf`. An empty `buf` is `Ok` at once.
    ///
    /// ```
    /// use runtime_traits::{Error, Stream};
    ///
    /// /// A message with its length in front, of at most `limit` bytes.
    /// async fn message(stream: &mut impl Stream, limit: u32) -> Result<Vec<u8>, Error> {
    ///     let mut len = [0; 4];
    ///     stream.recv(&mut len).await?;
    ///     let len = u32::from_be_bytes(len);
    ///     if len > limit {
    ///         // The peer's word is no reason to allocate 4 GiB.
    ///         return Err(Error::RecvFailed(std::io::ErrorKind::InvalidData.into()));
    ///     }
    ///     let mut message = vec![0; len as usize];
    ///     stream.recv(&mut message).await?;
    ///     Ok(message)
    /// }
    /// ```
    ///
    /// # Cancellation
    /// Dropped or failed, it gives back what it took: the next call begins with the same byte. `buf`
    /// may have been written to. That is so for one call: the function above, dropped between its two,
    /// has taken the length.
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

    /// [`poll_recv`](Self::poll_recv) as a future: what a reader with a buffer of its own calls.
    ///
    /// # Cancellation
    /// Dropped before it is ready, it has taken nothing.
    ///
    /// # Errors
    /// As [`poll_recv`](Self::poll_recv).
    fn recv_some<'a>(&'a mut self, buf: &'a mut [u8]) -> RecvSome<'a, Self>
    where
        Self: Sized,
    {
        RecvSome::new(self, buf)
    }

    /// The other end's address, where there is one: `None` for what is no socket, as a stream in
    /// memory. It stays the same when the connection breaks.
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
