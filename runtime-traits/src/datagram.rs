//! Messages that may be lost, repeated or reordered.

use crate::{
    Error,
    future::{RecvFrom, SendTo},
};
use std::{
    net::SocketAddr,
    task::{Context, Poll},
};

/// Makes datagram sockets: UDP, or what a simulator has in its place.
///
/// It is not part of [`Runtime`](crate::Runtime); ask for it by name:
///
/// ```
/// use runtime_traits::{Datagram, Datagrams, Error, Runtime};
/// use std::net::SocketAddr;
///
/// async fn announce<R>(runtime: R, from: SocketAddr, to: SocketAddr) -> Result<(), Error>
/// where
///     R: Runtime + Datagrams,
/// {
///     let socket = runtime.bind_datagram(from).await?;
///     socket.send_to(b"here", to).await // sent, perhaps lost: say it again from time to time
/// }
/// ```
pub trait Datagrams: Clone + Send + Sync + 'static {
    /// What [`bind_datagram`](Self::bind_datagram) returns.
    type Datagram: Datagram + Send + Sync + 'static;

    /// Binds `socket`. Port 0 takes a free one, which [`Datagram::local_addr`] tells. The address is
    /// free again once the socket is dropped; what it had not received is lost. A port that a listener
    /// has is another one.
    ///
    /// # Errors
    /// [`Error::BindFailed`] when the address is taken or not this host's, with the kinds of
    /// [`Network::bind`](crate::Network::bind); [`Error::Closed`] after the runtime's end.
    fn bind_datagram(
        &self,
        socket: SocketAddr,
    ) -> impl Future<Output = Result<Self::Datagram, Error>> + Send;
}

/// A datagram socket. Each message arrives whole or not at all, maybe twice, maybe after a later one.
///
/// Its calls take `&self`, so that one task may send while another receives; share it in an
/// [`Arc`](std::sync::Arc), which implements this trait. One task may wait per direction: of several
/// the last that polled is woken.
///
/// What arrives waits in a buffer that the system bounds, 212,992 bytes in the simulator, which is
/// Linux's default. What does not fit is lost, and nobody is told.
pub trait Datagram {
    /// Sends `buf` as one message, which may be empty. A message of up to 65,507 bytes fits over IPv4;
    /// one that is longer than what the path carries in one packet, some 1,200 to 1,500 bytes, is lost
    /// whole when any of its fragments is.
    ///
    /// Sending to where nobody is bound is `Ok`, and no error of a later call.
    ///
    /// # Errors
    /// [`Error::SendFailed`] when the system refuses it, of kind
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput) when it is too long for any datagram; the
    /// socket goes on working. [`Error::Closed`] when the runtime is gone.
    fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
        to: SocketAddr,
    ) -> Poll<Result<(), Error>>;

    /// Receives one message: its length in `buf` and its sender. What does not fit is lost, and the
    /// length does not tell: a `buf` that was filled may hold a part. A length of 0 is an empty
    /// message, not an end.
    ///
    /// The sender's address is what the packet says, which anybody can forge.
    ///
    /// # Errors
    /// [`Error::RecvFailed`] when the system refuses, [`Error::Closed`] when the runtime is gone.
    fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>>;

    /// [`poll_send_to`](Self::poll_send_to) as a future. Dropped before it is ready, it has sent
    /// nothing.
    ///
    /// # Errors
    /// As [`poll_send_to`](Self::poll_send_to).
    fn send_to<'a>(&'a self, buf: &'a [u8], to: SocketAddr) -> SendTo<'a, Self>
    where
        Self: Sized,
    {
        SendTo::new(self, buf, to)
    }

    /// [`poll_recv_from`](Self::poll_recv_from) as a future. Dropped before it is ready, it has taken
    /// no message.
    ///
    /// # Errors
    /// As [`poll_recv_from`](Self::poll_recv_from).
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
