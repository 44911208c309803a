//! Messages that may be lost, repeated or reordered.

use crate::{
    Error,
    future::{RecvFrom, SendTo},
};
use std::{
    net::SocketAddr,
    task::{Context, Poll},
};

/// Makes datagram sockets.
pub trait Datagrams: Clone + Send + Sync + 'static {
    /// What [`bind_datagram`](Self::bind_datagram) returns.
    type Datagram: Datagram + Send + Sync + 'static;

    /// Binds `socket`. Port 0 takes a free one, which [`Datagram::local_addr`] tells.
    ///
    /// # Errors
    /// [`Error::BindFailed`] when the address is taken or not this host's, [`Error::Closed`] after
    /// the runtime's end.
    fn bind_datagram(
        &self,
        socket: SocketAddr,
    ) -> impl Future<Output = Result<Self::Datagram, Error>> + Send;
}

/// A datagram socket. One task may wait per direction.
pub trait Datagram {
    /// Sends `buf` as one message.
    ///
    /// # Errors
    /// [`Error::SendFailed`] when the system refuses it, [`Error::Closed`] when the runtime is gone.
    fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
        to: SocketAddr,
    ) -> Poll<Result<(), Error>>;

    /// Receives one message: its length in `buf` and its sender. What does not fit is lost.
    ///
    /// # Errors
    /// [`Error::RecvFailed`], [`Error::Closed`] when the runtime is gone.
    fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>>;

    /// [`poll_send_to`](Self::poll_send_to) as a future. Cancel safe.
    fn send_to<'a>(&'a self, buf: &'a [u8], to: SocketAddr) -> SendTo<'a, Self>
    where
        Self: Sized,
    {
        SendTo::new(self, buf, to)
    }

    /// [`poll_recv_from`](Self::poll_recv_from) as a future. Cancel safe.
    fn recv_from<'a>(&'a self, buf: &'a mut [u8]) -> RecvFrom<'a, Self>
    where
        Self: Sized,
    {
        RecvFrom::new(self, buf)
    }

    /// The address that is bound, with the port that was taken for port 0.
    fn local_addr(&self) -> SocketAddr;
}

macro_rules! forward {
    ($($target:ty),*) => {$(
        #[deny(clippy::missing_trait_methods, reason = "a provided method may be overridden")]
        impl<T: Datagram + ?Sized> Datagram for $target {
            fn poll_send_to(
                &self,
                cx: &mut Context<'_>,
                buf: &[u8],
                to: SocketAddr,
            ) -> Poll<Result<(), Error>> {
                (**self).poll_send_to(cx, buf, to)
            }

            fn poll_recv_from(
                &self,
                cx: &mut Context<'_>,
                buf: &mut [u8],
            ) -> Poll<Result<(usize, SocketAddr), Error>> {
                (**self).poll_recv_from(cx, buf)
            }

            fn send_to<'a>(&'a self, buf: &'a [u8], to: SocketAddr) -> SendTo<'a, Self> {
                SendTo::new(self, buf, to)
            }

            fn recv_from<'a>(&'a self, buf: &'a mut [u8]) -> RecvFrom<'a, Self> {
                RecvFrom::new(self, buf)
            }

            fn local_addr(&self) -> SocketAddr {
                (**self).local_addr()
            }
        }
    )*};
}
forward!(&T, &mut T, Box<T>, std::sync::Arc<T>);
