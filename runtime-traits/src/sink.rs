//! The half of a connection that sends.

use crate::{
    Error,
    future::{Close, SendAll},
};
use std::{
    io::IoSlice,
    task::{Context, Poll},
};

/// Sends bytes, which arrive in order.
///
/// Buffers are bounded: a reader that does not read slows its writer. Dropping a sink that is
/// neither poisoned nor closed closes it.
pub trait Sink {
    /// Takes bytes from `bufs`, in order, and returns how many: at least one, unless all are empty.
    ///
    /// # Errors
    /// [`Error::SendFailed`], of kind [`ConnectionReset`](std::io::ErrorKind::ConnectionReset) or
    /// [`BrokenPipe`](std::io::ErrorKind::BrokenPipe) when the peer broke the connection off;
    /// [`Error::Closed`] after [`close`](Self::close) or [`poison`](Self::poison), and when the
    /// runtime is gone.
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>>;

    /// Hands what was taken to the network. It does not wait for the peer.
    ///
    /// # Errors
    /// As [`poll_send`](Self::poll_send).
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>>;

    /// Flushes, then tells the peer that nothing more will come (FIN). The other direction stays
    /// open. Closing a closed sink is `Ok`.
    ///
    /// # Errors
    /// As [`poll_send`](Self::poll_send).
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>>;

    /// Breaks the connection off: every later call is [`Error::Closed`], and the peer sees a reset,
    /// never a clean end.
    ///
    /// It exists for a [`send`](Self::send) that stopped half-way, after which nobody can know
    /// where in the peer's view a message ends.
    fn poison(&mut self);

    /// Sends all of `msg` and flushes. An empty message is `Ok` on every sink and polls nothing.
    ///
    /// Failed or dropped after a first byte has left, it [poisons](Self::poison) the sink.
    ///
    /// # Errors
    /// As [`poll_send`](Self::poll_send); [`Error::SendFailed`] of kind
    /// [`WriteZero`](std::io::ErrorKind::WriteZero) when the sink takes no bytes.
    fn send<'a>(&'a mut self, msg: &'a [u8]) -> SendAll<'a, Self>
    where
        Self: Sized,
    {
        SendAll::new(self, msg)
    }

    /// [`poll_close`](Self::poll_close) as a future.
    fn close(&mut self) -> Close<'_, Self>
    where
        Self: Sized,
    {
        Close::new(self)
    }
}

macro_rules! forward {
    ($($target:ty),*) => {$(
        #[deny(clippy::missing_trait_methods, reason = "a provided method may be overridden")]
        impl<T: Sink + ?Sized> Sink for $target {
            fn poll_send(
                &mut self,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<Result<usize, Error>> {
                (**self).poll_send(cx, bufs)
            }

            fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
                (**self).poll_flush(cx)
            }

            fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
                (**self).poll_close(cx)
            }

            fn poison(&mut self) {
                (**self).poison();
            }

            fn send<'a>(&'a mut self, msg: &'a [u8]) -> SendAll<'a, Self> {
                SendAll::new(self, msg)
            }

            fn close(&mut self) -> Close<'_, Self> {
                Close::new(self)
            }
        }
    )*};
}
forward!(&mut T, Box<T>);
