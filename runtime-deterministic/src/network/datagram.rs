//! What a program holds of the network: a datagram socket.

use crate::{Context, kernel::Kernel, seat::Seat};
use runtime_traits::Error;
use std::{
    convert::identity,
    fmt,
    net::SocketAddr,
    task::{self, Poll},
};

impl runtime_traits::Datagrams for Context {
    type Datagram = Datagram;

    async fn bind_datagram(&self, socket: SocketAddr) -> Result<Datagram, Error> {
        match self.is_elsewhere() {
            true => {
                self.travel(async move |context: Self| context.open_socket(socket))
                    .await
            }
            false => self.open_socket(socket),
        }
    }
}

impl Context {
    fn open_socket(&self, socket: SocketAddr) -> Result<Datagram, Error> {
        let seat = self.seat();
        let (number, local) = seat
            .with(|kernel| {
                let number = kernel.bind_datagram(self.host, socket)?;
                let local = kernel.switch.mailboxes.local_addr(number);
                Ok((number, local.unwrap_or(socket)))
            })
            .flatten()?;
        Ok(Datagram {
            seat,
            number,
            local,
        })
    }
}

/// A simulated datagram socket.
///
/// Within a host datagrams arrive at once and in order; between hosts each takes a time of its own.
/// Those that arrive wait in a mailbox of 212,992 bytes (Linux's `net.core.rmem_default`), each at its
/// payload and 832 bytes; what does not fit is lost. A payload over 65,507 bytes is [`Error::SendFailed`] of kind
/// [`InvalidInput`](std::io::ErrorKind::InvalidInput).
pub struct Datagram {
    seat: Seat,
    number: u32,
    local: SocketAddr,
}

impl runtime_traits::Datagram for Datagram {
    fn poll_send_to(
        &self,
        _cx: &mut task::Context<'_>,
        buf: &[u8],
        to: SocketAddr,
    ) -> Poll<Result<(), Error>> {
        let sent = self
            .seat
            .with(|kernel| kernel.send_to(self.number, buf, to));
        Poll::Ready(sent.flatten())
    }

    fn poll_recv_from(
        &self,
        cx: &mut task::Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        let poll = |kernel: &mut Kernel| kernel.poll_recv_from(self.number, cx, buf);
        self.seat.poll(poll, identity)
    }

    fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

impl Drop for Datagram {
    fn drop(&mut self) {
        let number = self.number;
        self.seat
            .eventually(move |kernel| kernel.close_datagram(number));
    }
}

impl fmt::Debug for Datagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram")
            .field("local_addr", &self.local)
            .finish_non_exhaustive()
    }
}
