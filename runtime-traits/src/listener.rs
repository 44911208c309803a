//! The end that waits for connections.

use crate::{Error, Sink, Stream, future::Accept};
use std::{
    net::SocketAddr,
    task::{Context, Poll},
};

/// Takes connections, one after the other. Dropping it frees its address, and breaks the connections
/// that nobody has accepted yet; those that were accepted live on.
///
/// Connections wait for [`accept`](Self::accept) in a queue that the system bounds: both backends of
/// this project ask for 1,024 places. A dialler that finds it full waits, and tries again.
///
/// An accepted connection has `TCP_NODELAY` on and the other options of
/// [`SocketConfig`](crate::SocketConfig) as the system has them.
pub trait Listener {
    /// The half of a connection that sends.
    type Sink: Sink;
    /// The half of a connection that receives.
    type Stream: Stream;

    /// The next connection: the peer's address, and both halves. It may have broken off already; its
    /// halves tell.
    ///
    /// One task waits at a time: the last that polled is woken. Where the system is short of
    /// descriptors or memory, the listener waits until it is not: that is no error.
    ///
    /// # Errors
    /// [`Error::ConnectionFailed`] when the listener itself is lost, never for what one peer did, so
    /// that a loop of accepts may end at its first error; [`Error::Closed`] when the runtime is gone.
    #[expect(
        clippy::type_complexity,
        reason = "spelt out, it reads as the contract does"
    )]
    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(SocketAddr, Self::Sink, Self::Stream), Error>>;

    /// [`poll_accept`](Self::poll_accept) as a future. Dropping it loses no connection.
    ///
    /// ```
    /// use runtime_traits::{Error, Listener, Runtime, Sink, Stream};
    /// use std::net::SocketAddr;
    ///
    /// /// Sends back what it receives, on any number of connections at a time.
    /// async fn echo<R: Runtime>(runtime: R, socket: SocketAddr) -> Result<(), Error> {
    ///     let mut listener = runtime.bind(socket).await?;
    ///     loop {
    ///         let (_, mut sink, mut stream) = listener.accept().await?;
    ///         // Its handle is dropped: the task runs on, and its error is nobody's.
    ///         runtime.spawn("connection", async move {
    ///             let mut buf = [0; 1024];
    ///             loop {
    ///                 match stream.recv_some(&mut buf).await? {
    ///                     0 => return sink.close().await,
    ///                     len => sink.send(&buf[..len]).await?,
    ///                 }
    ///             }
    ///         });
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`poll_accept`](Self::poll_accept).
    fn accept(&mut self) -> Accept<'_, Self>
    where
        Self: Sized,
    {
        Accept::new(self)
    }

    /// The address that is listened on, with the port that was taken for port 0.
    fn local_addr(&self) -> SocketAddr;
}

macro_rules! forward {
    ($($target:ty),*) => {$(
        #[deny(clippy::missing_trait_methods, reason = "a provided method may be overridden")]
        impl<T: Listener + ?Sized> Listener for $target {
            type Sink = T::Sink;
            type Stream = T::Stream;

            fn poll_accept(
                &mut self,
                cx: &mut Context<'_>,
            ) -> Poll<Result<(SocketAddr, Self::Sink, Self::Stream), Error>> {
                (**self).poll_accept(cx)
            }

            fn accept(&mut self) -> Accept<'_, Self> {
                Accept::new(self)
            }

            fn local_addr(&self) -> SocketAddr {
                (**self).local_addr()
            }
        }
    )*};
}
forward!(&mut T, Box<T>);
