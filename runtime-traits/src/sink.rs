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
/// What was sent is on its way, and no more: that the peer has read it, or ever will, is known when
/// it answers. A peer that is gone is noticed by some later call, not always by the next.
///
/// Buffers are bounded: a reader that does not read slows its writer, without a limit of time. Whoever
/// wants one puts the call into [`Clock::timeout`](crate::Clock::timeout), and loses the connection
/// when it strikes half-way through a message.
///
/// Dropping a sink that is neither poisoned nor closed closes it: what was sent is still delivered,
/// and the peer then reads a clean end, even when the task was aborted in the middle of a protocol.
/// Where that would be taken for completeness, frame the messages.
///
/// # For backends
/// One task waits at a time: the last that polled is woken. Empty buffers and a partial send are
/// handled where the bytes are, in `poll_send`; [`send`](Self::send) does the rest for all sinks. One
/// that collects what it is given, and counts nothing:
///
/// ```
/// use runtime_traits::{Error, Sink};
/// use std::{io::IoSlice, task::{Context, Poll}};
///
/// struct Collected { bytes: Vec<u8>, end: Option<End> }
///
/// #[derive(PartialEq)]
/// enum End { Closed, Poisoned }
///
/// impl Sink for Collected {
///     fn poll_send(
///         &mut self,
///         _: &mut Context<'_>,
///         bufs: &[IoSlice<'_>],
///     ) -> Poll<Result<usize, Error>> {
///         if self.end.is_some() {
///             return Poll::Ready(Err(Error::Closed));
///         }
///         let before = self.bytes.len();
///         bufs.iter().for_each(|buf| self.bytes.extend_from_slice(buf));
///         Poll::Ready(Ok(self.bytes.len() - before))
///     }
///     fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
///         Poll::Ready(if self.end.is_none() { Ok(()) } else { Err(Error::Closed) })
///     }
///     fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
///         if self.end == Some(End::Poisoned) {
///             return Poll::Ready(Err(Error::Closed));
///         }
///         self.end = Some(End::Closed);
///         Poll::Ready(Ok(()))
///     }
///     fn poison(&mut self) {
///         self.end = Some(End::Poisoned);
///     }
/// }
/// ```
pub trait Sink {
    /// Takes bytes from `bufs`, in order, and returns how many: at least one, unless all are empty.
    /// What it did not take is the caller's to send again; a backend may take less than there is room
    /// for, and the simulator now and then does.
    ///
    /// # Errors
    /// [`Error::SendFailed`], of kind [`ConnectionReset`](std::io::ErrorKind::ConnectionReset) or
    /// [`BrokenPipe`](std::io::ErrorKind::BrokenPipe) when the peer broke the connection off, or
    /// [`TimedOut`](std::io::ErrorKind::TimedOut) when the system has given it up, as it does minutes
    /// after the peer fell silent; every later call then fails as well. [`Error::Closed`] after
    /// [`close`](Self::close) or [`poison`](Self::poison), and when the runtime is gone.
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>>;

    /// Hands what was taken to the network. It does not wait for the peer, and a sink that keeps
    /// nothing back has nothing to do here: `Ok` does not say that the connection is alive.
    ///
    /// # Errors
    /// As [`poll_send`](Self::poll_send).
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>>;

    /// Flushes, then tells the peer that nothing more will come (FIN). The other direction stays
    /// open. Closing a closed sink is `Ok`.
    ///
    /// It does not wait until the peer has read. A protocol that needs to know reads its own stream to
    /// the end afterwards, where the peer closes in its turn.
    ///
    /// # Errors
    /// [`Error::SendFailed`] where the connection is known to have broken off, as from the time on at which
    /// its stream says so: the peer reads no clean end. [`Error::Closed`] after [`poison`](Self::poison),
    /// and when the runtime is gone.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>>;

    /// Breaks the connection off: every later `poll_` call is [`Error::Closed`], and the peer sees a
    /// reset, never a clean end. What was sent and not read yet may be lost. The connection's other
    /// direction breaks as well.
    ///
    /// It exists for a [`send`](Self::send) that stopped half-way, after which nobody can know
    /// where in the peer's view a message ends. A program calls it where a clean end would mislead the
    /// peer, as in the middle of a file.
    ///
    /// The reset leaves at once where the system can do that, as Linux does; elsewhere at the latest
    /// when both halves are dropped.
    fn poison(&mut self);

    /// Sends all of `msg` and flushes. An empty message is `Ok` on every sink and polls nothing.
    ///
    /// # Cancellation
    /// Failed or dropped after a first byte has left, it [poisons](Self::poison) the sink. Dropped
    /// before, it has done nothing. A task that sends and may be interrupted, by a limit of time or
    /// the loser's place in a `select!`, therefore leaves the sending to a task of its own:
    ///
    /// ```
    /// use runtime_traits::{Error, Handle, Sink, Spawner};
    /// # trait Messages: Send + 'static {
    /// #     fn next(&mut self) -> impl Future<Output = Option<Vec<u8>>> + Send;
    /// # }
    ///
    /// /// Whoever puts a message into the queue may be cancelled; its bytes may not.
    /// fn writer<C, S>(context: C, mut sink: S, mut queue: impl Messages) -> Handle<Result<(), Error>>
    /// where
    ///     C: Spawner,
    ///     S: Sink + Send + 'static,
    /// {
    ///     context.spawn("writer", async move {
    ///         while let Some(message) = queue.next().await {
    ///             sink.send(&message).await?;
    ///         }
    ///         sink.close().await
    ///     })
    /// }
    /// ```
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

    /// [`poll_close`](Self::poll_close) as a future. Dropped before it is ready, the sink may be closed
    /// or not, and can be closed again.
    ///
    /// # Errors
    /// As [`poll_close`](Self::poll_close).
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
