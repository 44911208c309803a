//! Who listens where, and which connections there are.
//!
//! It is pure: hosts are numbers with an address each, and nothing here waits or draws.

use super::{keepalive::Probes, pipe::Pipe, ports::Ports};
use crate::kernel::emptied;
use runtime_traits::SocketConfig;
use std::{
    collections::{BTreeSet, VecDeque},
    io::ErrorKind,
    mem,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

/// Connections that wait to be accepted, at most: as many as `runtime-tokio` asks its system for.
/// Who dials more finds nobody, and tries again.
const BACKLOG: usize = 1024;
/// So many connections that are over leave their memory to the next.
const SPARE: usize = 8;

#[derive(Default)]
pub(crate) struct Fabric {
    hosts: Vec<Ports>,
    /// Of each host, the connections that have an end on it.
    ends: Vec<BTreeSet<u32>>,
    listeners: Vec<Option<Port>>,
    connections: Vec<Option<Box<Connection>>>,
    /// Of connections that are over.
    #[expect(clippy::vec_box, reason = "the boxes are what is spared")]
    spare: Vec<Box<Connection>>,
}

struct Port {
    host: u32,
    socket: SocketAddr,
    backlog: VecDeque<u32>,
}

/// Two ends; end 0 dialled. What end `e` writes goes through pipe `e`.
pub(crate) struct Connection {
    pub(crate) hosts: [u32; 2],
    pub(crate) sockets: [SocketAddr; 2],
    pub(crate) pipes: [Pipe; 2],
    /// Why an end fails: it was reset.
    pub(crate) broken: [Option<ErrorKind>; 2],
    /// How many of an end's halves are in use.
    pub(crate) halves: [u8; 2],
    /// An end's machine fell silent, and knows nothing of the connection any more.
    pub(crate) gone: [bool; 2],
    /// An end has sent what nobody answered.
    pub(crate) unanswered: [bool; 2],
    /// Of end 0.
    pub(super) keepalive: Option<Box<Probes>>,
    /// Whether end 0 resets what is left of the connection when its last half goes.
    hasty: bool,
}

impl Connection {
    fn new(hosts: [u32; 2], sockets: [SocketAddr; 2]) -> Self {
        Self {
            hosts,
            sockets,
            pipes: Default::default(),
            broken: [None; 2],
            halves: [2; 2],
            gone: [false; 2],
            unanswered: [false; 2],
            keepalive: None,
            hasty: false,
        }
    }

    /// The hosts that what end `end` sends goes from and to.
    pub(super) fn way(&self, end: usize) -> [u32; 2] {
        [self.hosts[end], self.hosts[1 - end]]
    }

    /// End 0 is as its dialler asked. A `linger` above zero makes a call of the system wait, which
    /// no drop here does; what was sent arrives all the same.
    pub(super) fn configure(&mut self, config: &SocketConfig, now: u64) {
        let probes = |keepalive| Box::new(Probes::new(keepalive, now));
        self.keepalive = config.keepalive.as_ref().map(probes);
        self.hasty = config.linger == Some(Duration::ZERO);
        let [out, back] = &mut self.pipes;
        if let Some(bytes) = config.send_buffer {
            out.set_send_buffer(bytes);
        }
        if let Some(bytes) = config.recv_buffer {
            back.set_recv_buffer(bytes);
        }
    }

    /// Whether an end that nobody holds any more resets the connection: where there are bytes that
    /// it did not read, as Linux does, or where it does not linger and something is left to reset.
    pub(super) fn resets(&self, end: usize) -> bool {
        let hasty = self.hasty && end == 0 && !self.pipes.iter().all(Pipe::has_ended);
        self.halves[end] == 0 && (hasty || self.pipes[1 - end].unread() > 0)
    }
}

/// The address of a host: 10.0.0.0/8, in the order in which hosts are made.
pub(crate) fn address(host: u32) -> IpAddr {
    let [_, high, middle, low] = (host + 1).to_be_bytes();
    Ipv4Addr::new(10, high, middle, low).into()
}

impl Fabric {
    /// As new, with the memory of this.
    pub(super) fn emptied(mut self) -> Self {
        let mut connections = mem::take(&mut self.connections);
        for connection in connections.drain(..).flatten() {
            self.spare(connection);
        }
        let Self {
            hosts,
            ends,
            listeners,
            spare,
            ..
        } = self;
        Self {
            hosts: emptied(hosts),
            ends: emptied(ends),
            listeners: emptied(listeners),
            connections: emptied(connections),
            spare,
        }
    }

    pub(crate) fn add_host(&mut self) {
        let address = address(self.hosts.len() as u32);
        self.hosts.push(Ports::new(address));
        self.ends.push(BTreeSet::new());
    }

    /// The host that has this address.
    pub(super) fn host_at(&self, ip: IpAddr) -> Option<u32> {
        let IpAddr::V4(ip) = ip else {
            return None;
        };
        let number = (ip.to_bits() & 0xff_ffff).checked_sub(1)?;
        let known = (number as usize) < self.hosts.len() && address(number) == ip;
        known.then_some(number)
    }

    /// Takes an address on `host`, and returns the listener's number.
    pub(crate) fn bind(&mut self, host: u32, socket: SocketAddr) -> Result<u32, ErrorKind> {
        let number = self.listeners.len() as u32;
        let socket = self.hosts[host as usize].take(socket, number)?;
        self.listeners.push(Some(Port {
            host,
            socket,
            backlog: VecDeque::new(),
        }));
        Ok(number)
    }

    /// Frees the address, and returns the connections that nobody accepted.
    pub(crate) fn unbind(&mut self, listener: u32) -> VecDeque<u32> {
        let Some(port) = self.listeners[listener as usize].take() else {
            return VecDeque::new();
        };
        self.hosts[port.host as usize].free(port.socket);
        port.backlog
    }

    pub(crate) fn local_addr(&self, listener: u32) -> Option<SocketAddr> {
        Some(self.listeners[listener as usize].as_ref()?.socket)
    }

    pub(crate) fn is_listening(&self, listener: u32) -> bool {
        self.listeners[listener as usize].is_some()
    }

    /// The listener that `socket` reaches on `host`.
    pub(crate) fn listener(&self, host: u32, socket: SocketAddr) -> Option<u32> {
        self.hosts[host as usize].holder(socket)
    }

    /// All listeners of a host.
    pub(crate) fn listeners_of(&self, host: u32) -> Vec<u32> {
        self.hosts[host as usize].holders()
    }

    /// Whether as many wait to be accepted as may.
    pub(super) fn is_full(&self, listener: u32) -> bool {
        let port = self.listeners[listener as usize].as_ref();
        port.is_some_and(|port| port.backlog.len() >= BACKLOG)
    }

    /// Makes a connection from `from` to a listener, and returns its number; `None` when `from` has
    /// no port left. It comes from the address `local`, if there is one.
    pub(super) fn connect(
        &mut self,
        from: u32,
        local: Option<IpAddr>,
        to: SocketAddr,
        listener: u32,
    ) -> Option<u32> {
        let ip = local.unwrap_or_else(|| match to.ip().is_loopback() {
            true => to.ip(),
            false => address(from),
        });
        let local = SocketAddr::new(ip, self.hosts[from as usize].lend()?);
        let number = self.connections.len() as u32;
        let port = self.listeners[listener as usize]
            .as_mut()
            .expect("a listener that was found");
        port.backlog.push_back(number);
        let hosts = [from, port.host];
        for host in hosts {
            self.ends[host as usize].insert(number);
        }
        let connection = self.make(hosts, [local, to]);
        self.connections.push(Some(connection));
        Some(number)
    }

    /// In the memory of one that is over, if there is any.
    fn make(&mut self, hosts: [u32; 2], sockets: [SocketAddr; 2]) -> Box<Connection> {
        let connection = Connection::new(hosts, sockets);
        match self.spare.pop() {
            Some(mut place) => {
                let pipes = mem::replace(&mut *place, connection).pipes;
                place.pipes = pipes;
                place
            }
            None => Box::new(connection),
        }
    }

    /// Leaves the memory of a connection to the next.
    fn spare(&mut self, mut connection: Box<Connection>) {
        if self.spare.len() < SPARE {
            connection.pipes.iter_mut().for_each(Pipe::empty);
            self.spare.push(connection);
        }
    }

    pub(crate) fn accept(&mut self, listener: u32) -> Option<u32> {
        self.listeners[listener as usize]
            .as_mut()?
            .backlog
            .pop_front()
    }

    pub(crate) fn connection(&mut self, number: u32) -> Option<&mut Connection> {
        self.connections[number as usize].as_deref_mut()
    }

    /// Connections are no longer to be cut.
    pub(super) fn heal(&mut self) {
        let pipes = self.connections.iter_mut().flatten();
        pipes
            .flat_map(|connection| &mut connection.pipes)
            .for_each(Pipe::heal);
    }

    /// The connections that have an end on `host`, in the order in which they were made.
    pub(crate) fn connections_of(&self, host: u32) -> Vec<(u32, usize)> {
        let ends = self.ends[host as usize].iter().flat_map(|number| {
            let found = self.connections[*number as usize].as_deref();
            let of_host = move |end: &usize| found.is_some_and(|found| found.hosts[*end] == host);
            (0..2).filter(of_host).map(|end| (*number, end))
        });
        ends.collect()
    }

    /// Forgets the connection once nobody holds a half of it.
    pub(crate) fn forget_unused(&mut self, number: u32) {
        let slot = &mut self.connections[number as usize];
        if let Some(connection) = slot.take_if(|connection| connection.halves == [0; 2]) {
            let ports = &mut self.hosts[connection.hosts[0] as usize];
            ports.give_back(connection.sockets[0].port());
            for host in connection.hosts {
                self.ends[host as usize].remove(&number);
            }
            self.spare(connection);
        }
    }
}

#[cfg(test)]
mod tests;
