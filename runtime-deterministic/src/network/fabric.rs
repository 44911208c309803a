//! Who listens where, and which connections there are.
//!
//! It is pure: hosts are numbers with an address each, and nothing here waits or draws.

use super::pipe::Pipe;
use std::{
    collections::{BTreeMap, VecDeque},
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// The ports that the system hands out, as Linux's `ip_local_port_range` has them.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32_768..=60_999;

#[derive(Default)]
pub(crate) struct Fabric {
    hosts: Vec<Ports>,
    listeners: Vec<Option<Port>>,
    connections: Vec<Option<Box<Connection>>>,
}

struct Ports {
    bound: BTreeMap<u16, Vec<u32>>,
    next: u16,
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
}

/// The address of a host: 10.0.0.0/8, in the order in which hosts are made.
pub(crate) fn address(host: u32) -> IpAddr {
    let [_, high, middle, low] = (host + 1).to_be_bytes();
    Ipv4Addr::new(10, high, middle, low).into()
}

impl Fabric {
    pub(crate) fn add_host(&mut self) {
        self.hosts.push(Ports {
            bound: BTreeMap::new(),
            next: *EPHEMERAL.start(),
        });
    }

    /// Takes an address on `host`, and returns the listener's number.
    pub(crate) fn bind(&mut self, host: u32, socket: SocketAddr) -> Result<u32, ErrorKind> {
        let ip = socket.ip();
        if !(ip.is_unspecified() || ip.is_loopback() || ip == address(host)) {
            return Err(ErrorKind::AddrNotAvailable);
        }
        let port = match socket.port() {
            0 => self.ephemeral(host).ok_or(ErrorKind::AddrInUse)?,
            port => port,
        };
        if self
            .bound(host, port)
            .any(|(_, other)| overlap(other.socket.ip(), ip))
        {
            return Err(ErrorKind::AddrInUse);
        }
        let number = self.listeners.len() as u32;
        self.hosts[host as usize]
            .bound
            .entry(port)
            .or_default()
            .push(number);
        let socket = SocketAddr::new(ip, port);
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
        let bound = &mut self.hosts[port.host as usize].bound;
        if let Some(numbers) = bound.get_mut(&port.socket.port()) {
            numbers.retain(|number| *number != listener);
        }
        bound.retain(|_, numbers| !numbers.is_empty());
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
        let reached =
            |port: &Port| port.socket.ip() == socket.ip() || port.socket.ip().is_unspecified();
        self.bound(host, socket.port())
            .find(|(_, port)| reached(port))
            .map(|(number, _)| number)
    }

    /// All listeners of a host.
    pub(crate) fn listeners_of(&self, host: u32) -> Vec<u32> {
        self.hosts[host as usize]
            .bound
            .values()
            .flatten()
            .copied()
            .collect()
    }

    /// Makes a connection from `from` to a listener, and returns its number.
    pub(crate) fn connect(&mut self, from: u32, to: SocketAddr, listener: u32) -> u32 {
        let ip = if to.ip().is_loopback() {
            to.ip()
        } else {
            address(from)
        };
        let local = SocketAddr::new(ip, self.ephemeral(from).unwrap_or(*EPHEMERAL.start()));
        let number = self.connections.len() as u32;
        let port = self.listeners[listener as usize]
            .as_mut()
            .expect("a listener that was found");
        port.backlog.push_back(number);
        let connection = Connection {
            hosts: [from, port.host],
            sockets: [local, to],
            pipes: Default::default(),
            broken: [None; 2],
            halves: [2; 2],
            gone: [false; 2],
            unanswered: [false; 2],
        };
        self.connections.push(Some(Box::new(connection)));
        number
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

    /// The connections that have an end on `host`.
    pub(crate) fn connections_of(&self, host: u32) -> Vec<(u32, usize)> {
        let ends = |number: usize, connection: &Connection| {
            let ends = (0..2).filter(|end| connection.hosts[*end] == host);
            ends.map(|end| (number as u32, end)).collect::<Vec<_>>()
        };
        let numbered = self.connections.iter().enumerate();
        numbered
            .filter_map(|(number, slot)| Some(ends(number, slot.as_ref()?)))
            .flatten()
            .collect()
    }

    /// Forgets the connection once nobody holds a half of it.
    pub(crate) fn forget_unused(&mut self, number: u32) {
        let slot = &mut self.connections[number as usize];
        if slot
            .as_ref()
            .is_some_and(|connection| connection.halves == [0; 2])
        {
            *slot = None;
        }
    }

    fn bound(&self, host: u32, port: u16) -> impl Iterator<Item = (u32, &Port)> {
        let numbers = self.hosts[host as usize]
            .bound
            .get(&port)
            .into_iter()
            .flatten();
        numbers.filter_map(|number| Some((*number, self.listeners[*number as usize].as_ref()?)))
    }

    /// The next port that nobody listens on.
    fn ephemeral(&mut self, host: u32) -> Option<u16> {
        let ports = &mut self.hosts[host as usize];
        for _ in EPHEMERAL {
            let port = ports.next;
            ports.next = if port == *EPHEMERAL.end() {
                *EPHEMERAL.start()
            } else {
                port + 1
            };
            if !ports.bound.contains_key(&port) {
                return Some(port);
            }
        }
        None
    }
}

fn overlap(a: IpAddr, b: IpAddr) -> bool {
    a == b || a.is_unspecified() || b.is_unspecified()
}
