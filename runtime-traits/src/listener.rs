//! The end that waits for connections.

use crate::{Error, Sink, Stream, future::Accept};
use std::{
    net::SocketAddr,
    task::{Context, Poll},
};

/// Takes connections, one after the other. Dropping it frees its address.
pub trait Listener {
    /// The half of a connection that sends.
    type Sink: Sink;
    /// The half of a connection that receives.
    type Stream: Stream;

    /// The next connection: the peer's address, and both halves.
    ///
    /// # Errors
    /// [`Error::ConnectionFailed`] when the listener itself is lost, never for what one peer did;
    /// [`Error::Closed`] when the runtime is gone.
    #[expect(
        clippy::type_complexity,
        reason = "spelt out, it reads as the contract does"
    )]
    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(SocketAddr, Self::Sink, Self::Stream), Error>>;

    /// [`poll_accept`](Self::poll_accept) as a future. Dropping it loses no connection.
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
