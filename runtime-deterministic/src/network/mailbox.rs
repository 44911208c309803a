//! Datagram sockets: who is reached where, and what waits at each to be received.
//!
//! It is pure: hosts are numbers with an address each, and nothing here waits or draws.

use super::{address, ports::Ports};
use crate::kernel::emptied;
use std::{
    collections::VecDeque,
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// What a mailbox holds at most, each datagram at its payload and [`OVERHEAD`]: Linux's default
/// `rmem_default`. What does not fit is lost.
const CAPACITY: usize = 212_992;
/// What a datagram takes beside its payload. It is what Linux 6 charges for an empty one; Linux
/// rounds long ones up to pages and so holds fewer of them.
const OVERHEAD: usize = 832;
/// The largest payload: what IPv4's 65,535 bytes leave beside its own header and UDP's.
const LARGEST: usize = 65_507;

/// All datagram sockets of a run, by number.
#[derive(Default)]
pub(crate) struct Mailboxes {
    hosts: Vec<Ports>,
    sockets: Vec<Option<Box<Mailbox>>>,
}

/// One socket: its address, and the datagrams that arrived and were not received.
pub(crate) struct Mailbox {
    host: u32,
    local: SocketAddr,
    waiting: VecDeque<(SocketAddr, Box<[u8]>)>,
    held: usize,
}

impl Mailboxes {
    /// As new, with the memory of this.
    pub(super) fn emptied(self) -> Self {
        let Self { hosts, sockets } = self;
        Self {
            hosts: emptied(hosts),
            sockets: emptied(sockets),
        }
    }

    pub(crate) fn add_host(&mut self) {
        let address = address(self.hosts.len() as u32);
        self.hosts.push(Ports::new(address));
    }

    /// Takes an address on `host`, and returns the socket's number.
    pub(super) fn bind(&mut self, host: u32, socket: SocketAddr) -> Result<u32, ErrorKind> {
        let number = self.sockets.len() as u32;
        let local = self.hosts[host as usize].take(socket, number)?;
        self.sockets.push(Some(Box::new(Mailbox::new(host, local))));
        Ok(number)
    }

    /// Frees the socket's address. What waits there is lost.
    pub(super) fn close(&mut self, socket: u32) {
        if let Some(mailbox) = self.sockets[socket as usize].take() {
            self.hosts[mailbox.host as usize].free(mailbox.local);
        }
    }

    pub(super) fn get(&mut self, socket: u32) -> Option<&mut Mailbox> {
        self.sockets[socket as usize].as_deref_mut()
    }

    pub(crate) fn local_addr(&self, socket: u32) -> Option<SocketAddr> {
        Some(self.sockets[socket as usize].as_ref()?.local)
    }

    /// The socket that `to` reaches on `host`.
    pub(super) fn reached(&self, host: u32, to: SocketAddr) -> Option<u32> {
        self.hosts[host as usize].holder(to)
    }

    /// All sockets of a host.
    pub(super) fn of_host(&self, host: u32) -> Vec<u32> {
        self.hosts[host as usize].holders()
    }
}

impl Mailbox {
    fn new(host: u32, local: SocketAddr) -> Self {
        let (waiting, held) = (VecDeque::new(), 0);
        Self {
            host,
            local,
            waiting,
            held,
        }
    }

    pub(super) fn host(&self) -> u32 {
        self.host
    }

    /// Whom the receiver sees as the sender of `len` bytes to `to`, and where they go; or why the
    /// system refuses them.
    pub(super) fn way(
        &self,
        len: usize,
        to: SocketAddr,
    ) -> Result<(SocketAddr, SocketAddr), &'static str> {
        let (own, bound) = (address(self.host), self.local.ip());
        if len > LARGEST {
            return Err("a datagram holds 65,507 bytes at most: send it in parts");
        }
        if to.port() == 0 {
            return Err("nobody receives at port 0: name the receiver's port");
        }
        // A socket bound to `::` sends to either family.
        if bound.is_ipv4() != to.is_ipv4() && bound != IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
            return Err(
                "one of IPv4 and IPv6 does not reach the other: bind an address of its kind",
            );
        }
        let target = match (to.ip().is_unspecified(), bound.is_unspecified()) {
            (true, true) => loopback(to.ip()),
            (true, false) => bound,
            (false, _) => to.ip(),
        };
        let source = match (bound.is_unspecified(), target.is_loopback()) {
            (true, true) => loopback(target),
            (true, false) => own,
            (false, _) => bound,
        };
        if source.is_loopback() && !(target.is_loopback() || target == own) {
            return Err(
                "a socket bound to loopback reaches this host only: bind the host's address",
            );
        }
        let from = SocketAddr::new(source, self.local.port());
        Ok((from, SocketAddr::new(target, to.port())))
    }

    /// A datagram arrives. Says whether there was room for it.
    pub(super) fn put(&mut self, from: SocketAddr, payload: Box<[u8]>) -> bool {
        let size = payload.len() + OVERHEAD;
        let fits = self.held + size <= CAPACITY;
        if fits {
            self.held += size;
            self.waiting.push_back((from, payload));
        }
        fits
    }

    /// Takes the first of those that wait: how much of it is in `buf` now, and who sent it.
    pub(super) fn take(&mut self, buf: &mut [u8]) -> Option<(usize, SocketAddr)> {
        let (from, payload) = self.waiting.pop_front()?;
        self.held -= payload.len() + OVERHEAD;
        let len = payload.len().min(buf.len());
        buf[..len].copy_from_slice(&payload[..len]);
        Some((len, from))
    }
}

/// What a system takes for its own address on the way to `ip`, one of its own.
fn loopback(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}

#[cfg(test)]
mod tests;
