//! The ports of a host: which are taken, and by which socket.
//!
//! It is pure, and one serves one protocol: a port may be taken for each.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::ErrorKind,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

/// The ports that the system hands out, as Linux's `ip_local_port_range` has them.
const EPHEMERAL: RangeInclusive<u16> = 32_768..=60_999;

pub(crate) struct Ports {
    /// The host's.
    address: IpAddr,
    taken: BTreeMap<u16, Vec<(IpAddr, u32)>>,
    /// Of connections that were dialled from here.
    dialled: BTreeSet<u16>,
    next: u16,
}

impl Ports {
    pub(super) fn new(address: IpAddr) -> Self {
        Self {
            address,
            taken: BTreeMap::new(),
            dialled: BTreeSet::new(),
            next: *EPHEMERAL.start(),
        }
    }

    /// Takes an address for the socket `number`, and returns it with its port.
    pub(super) fn take(
        &mut self,
        socket: SocketAddr,
        number: u32,
    ) -> Result<SocketAddr, ErrorKind> {
        let ip = socket.ip();
        if !(ip.is_unspecified() || ip.is_loopback() || ip == self.address) {
            return Err(ErrorKind::AddrNotAvailable);
        }
        let port = match socket.port() {
            0 => self.ephemeral().ok_or(ErrorKind::AddrInUse)?,
            port => port,
        };
        let holders = self.taken.get(&port);
        if holders.is_some_and(|holders| holders.iter().any(|(other, _)| overlap(*other, ip))) {
            return Err(ErrorKind::AddrInUse);
        }
        self.taken.entry(port).or_default().push((ip, number));
        Ok(SocketAddr::new(ip, port))
    }

    pub(super) fn free(&mut self, socket: SocketAddr) {
        if let Some(holders) = self.taken.get_mut(&socket.port()) {
            holders.retain(|(ip, _)| *ip != socket.ip());
            if holders.is_empty() {
                self.taken.remove(&socket.port());
            }
        }
    }

    /// The socket that is reached at `socket`.
    pub(super) fn holder(&self, socket: SocketAddr) -> Option<u32> {
        let reached = |ip: IpAddr| ip == socket.ip() || ip.is_unspecified();
        let holders = self.taken.get(&socket.port())?;
        let holder = holders.iter().find(|(ip, _)| reached(*ip));
        holder.map(|(_, number)| *number)
    }

    /// All sockets that hold a port, ascending by it.
    pub(super) fn holders(&self) -> Vec<u32> {
        let holders = self.taken.values().flatten();
        holders.map(|(_, number)| *number).collect()
    }

    /// A port for a connection that is dialled from here, as long as it is there.
    pub(super) fn lend(&mut self) -> Option<u16> {
        let port = self.ephemeral()?;
        self.dialled.insert(port);
        Some(port)
    }

    pub(super) fn give_back(&mut self, port: u16) {
        self.dialled.remove(&port);
    }

    /// The next port that nobody holds.
    fn ephemeral(&mut self) -> Option<u16> {
        for _ in EPHEMERAL {
            let port = self.next;
            self.next = if port == *EPHEMERAL.end() {
                *EPHEMERAL.start()
            } else {
                port + 1
            };
            if !self.taken.contains_key(&port) && !self.dialled.contains(&port) {
                return Some(port);
            }
        }
        None
    }
}

fn overlap(a: IpAddr, b: IpAddr) -> bool {
    a == b || a.is_unspecified() || b.is_unspecified()
}

#[cfg(test)]
mod tests;
