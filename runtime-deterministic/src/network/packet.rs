//! Datagrams on their way: sent, delivered or lost, received.

use super::{
    line::{Gate, Loss},
    rules::Held,
};
use crate::{
    event::Event,
    kernel::{Due, Kernel, Wait},
};
use runtime_traits::Error;
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    task::{Context, Poll},
};

/// A datagram between two hosts. It belongs to no socket: whoever has the address when it arrives
/// receives it.
pub(crate) struct Packet {
    /// The hosts that it goes from and to.
    way: [u32; 2],
    from: SocketAddr,
    to: SocketAddr,
    payload: Box<[u8]>,
}

impl Kernel {
    pub(super) fn bind_datagram(&mut self, host: u32, socket: SocketAddr) -> Result<u32, Error> {
        let bound = self.switch.mailboxes.bind(host, socket);
        self.note(Event::BindDatagram {
            socket,
            done: bound.is_ok(),
        });
        let number = bound.map_err(|kind| Error::BindFailed(socket, kind.into()))?;
        self.switch.receivers.push(None);
        Ok(number)
    }

    /// Frees a datagram socket's address. What waits there is lost.
    pub(super) fn close_datagram(&mut self, socket: u32) {
        self.note(Event::CloseDatagram { socket });
        self.switch.mailboxes.close(socket);
        self.tell_receiver(socket);
    }

    /// A host's life ends: so do its datagram sockets. What it sent is on its way.
    pub(crate) fn close_datagrams(&mut self, host: u32) {
        for socket in self.switch.mailboxes.of_host(host) {
            self.close_datagram(socket);
        }
    }

    /// Sends a datagram. It takes a time of its own, so that those between hosts overtake each
    /// other.
    pub(super) fn send_to(
        &mut self,
        socket: u32,
        bytes: &[u8],
        to: SocketAddr,
    ) -> Result<(), Error> {
        self.note(Event::SendTo {
            socket,
            to,
            bytes: bytes.into(),
        });
        let mailbox = self.switch.mailboxes.get(socket).ok_or(Error::Closed)?;
        let sender = mailbox.host();
        let refused = |text| io::Error::new(ErrorKind::InvalidInput, text).into();
        let way = mailbox.way(bytes.len(), to);
        let (from, to) = way.map_err(|text| Error::SendFailed(refused(text)))?;
        let Some(host) = self.locate(sender, to) else {
            self.note(Event::Lose { to, full: false });
            return Ok(());
        };
        let way = [sender, host];
        let delays = match self.switch.cross_datagram(way, self.now, bytes.len()) {
            Ok((delay, copy)) => [Some(delay), copy],
            Err(loss) => {
                self.note(Event::LostDatagram { to, loss });
                return Ok(());
            }
        };
        if delays[1].is_some() {
            self.note(Event::Duplicate { to });
        }
        for delay in delays.into_iter().flatten() {
            let payload = bytes.into();
            self.send_packet(
                Packet {
                    way,
                    from,
                    to,
                    payload,
                },
                delay,
            );
        }
        Ok(())
    }

    fn send_packet(&mut self, packet: Packet, delay: u64) {
        match delay {
            0 => self.deliver(packet),
            _ => {
                let due = Due::Deliver(Box::new(packet));
                self.timers.insert(self.now.saturating_add(delay), due);
            }
        }
    }

    /// A datagram is there: it goes to the socket that has its address now, if it has room.
    pub(crate) fn deliver(&mut self, packet: Packet) {
        let [sender, host] = packet.way;
        match self.switch.lines.gate(sender, host) {
            Gate::Open => {}
            Gate::Held => return self.hold(packet.way, Held::Packet(Box::new(packet))),
            Gate::Parted => {
                let (to, loss) = (packet.to, Loss::Parted);
                self.switch.lines.block(sender, host);
                return self.note(Event::LostDatagram { to, loss });
            }
        }
        let Packet {
            from, to, payload, ..
        } = packet;
        let mailboxes = &mut self.switch.mailboxes;
        let Some(socket) = mailboxes.reached(host, to) else {
            return self.note(Event::Lose { to, full: false });
        };
        let mailbox = mailboxes.get(socket);
        if !mailbox.is_some_and(|mailbox| mailbox.put(from, payload)) {
            return self.note(Event::Lose { to, full: true });
        }
        self.note(Event::Deliver { socket, from });
        self.tell_receiver(socket);
    }

    pub(super) fn poll_recv_from(
        &mut self,
        socket: u32,
        cx: &Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        let mailbox = self.switch.mailboxes.get(socket).ok_or(Error::Closed)?;
        let Some((len, from)) = mailbox.take(buf) else {
            let waiter = self.waiter(cx, Wait::Datagram(socket));
            let place = &mut self.switch.receivers[socket as usize];
            Self::replace(&mut self.outbox, place, waiter);
            return Poll::Pending;
        };
        self.note(Event::ReceiveFrom {
            socket,
            from,
            bytes: (&buf[..len]).into(),
        });
        Poll::Ready(Ok((len, from)))
    }

    fn tell_receiver(&mut self, socket: u32) {
        if let Some(waiter) = self.switch.receivers[socket as usize].take() {
            self.tell(waiter);
        }
    }
}
