//! The network of a run: what moves between sockets, when, and who waits for it.

mod breaks;
mod datagram;
mod driver;
mod fabric;
mod line;
mod mailbox;
mod packet;
mod pipe;
mod ports;
mod socket;
mod transfer;

pub use datagram::Datagram;
pub use driver::Link;
pub(crate) use fabric::address;
pub(crate) use packet::Packet;
pub use socket::{Listener, Sink, Stream};

use crate::{
    draws::Draws,
    event::Event,
    kernel::{Kernel, Wait, Waiter},
};
use fabric::Fabric;
use line::Lines;
use mailbox::Mailboxes;
use runtime_traits::Error;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    task::{Context, Poll},
};

/// One send in so many takes a part of what it is given only.
const PARTIAL: u32 = 8;
/// How long TCP sends again before it gives a peer up that does not answer: `tcp_retries2` of 15,
/// as Linux's ip-sysctl document reckons it.
const GIVE_UP: u64 = 924_600_000_000;

/// The sockets of all hosts, and who waits at them.
pub(crate) struct Switch {
    pub(crate) fabric: Fabric,
    pub(crate) mailboxes: Mailboxes,
    lines: Lines,
    draws: Draws,
    pipes: Vec<Waiting>,
    listeners: Vec<Option<Waiter>>,
    /// Of datagrams.
    receivers: Vec<Option<Waiter>>,
}

#[derive(Default)]
struct Waiting {
    reader: Option<Waiter>,
    writer: Option<Waiter>,
}

impl Switch {
    pub(crate) fn new(draws: Draws) -> Self {
        Self {
            fabric: Fabric::default(),
            mailboxes: Mailboxes::default(),
            lines: Lines::default(),
            draws,
            pipes: Vec::new(),
            listeners: Vec::new(),
            receivers: Vec::new(),
        }
    }

    /// How long a segment takes.
    fn delay(&mut self, from: u32, to: u32) -> u64 {
        let draws = &mut self.draws;
        self.lines.delay(from, to, &mut |range| draws.within(range))
    }

    /// How long the answer takes to a segment that took `delay` from `from` to `to`. A link that
    /// nobody has set is as long both ways.
    fn way_back(&mut self, from: u32, to: u32, delay: u64) -> u64 {
        match self.lines.is_set(from, to) {
            true => self.delay(to, from),
            false => delay,
        }
    }
}

/// The pipe that end `end` writes.
fn pipe_of(connection: u32, end: usize) -> u32 {
    connection * 2 + end as u32
}

/// The connection of a pipe, and the end that writes it.
fn ends_of(pipe: u32) -> (u32, usize) {
    (pipe / 2, pipe as usize % 2)
}

/// What a dialler finds, and how long the answer takes.
pub(crate) enum Reached {
    Connection(u32, u64),
    Refused(u64),
    /// Nothing answers: a machine is silent.
    Silence,
}

impl Kernel {
    pub(crate) fn bind(&mut self, host: u32, socket: SocketAddr) -> Result<u32, Error> {
        let bound = self.switch.fabric.bind(host, socket);
        self.note(Event::Bind {
            socket,
            done: bound.is_ok(),
        });
        let number = bound.map_err(|kind| Error::BindFailed(socket, kind.into()))?;
        self.switch.listeners.push(None);
        Ok(number)
    }

    /// Frees a listener's address. Connections that nobody accepted are reset.
    pub(crate) fn unbind(&mut self, listener: u32) {
        for number in self.close_listener(listener) {
            self.reset(number, 1);
            self.release(number, 1, 2);
        }
    }

    /// Frees a listener's address, and returns the connections that nobody accepted.
    fn close_listener(&mut self, listener: u32) -> VecDeque<u32> {
        self.note(Event::Unbind { listener });
        if let Some(waiter) = self.switch.listeners[listener as usize].take() {
            self.tell(waiter);
        }
        self.switch.fabric.unbind(listener)
    }

    /// The time that a segment takes from `from` to whoever `to` names, and who that is.
    pub(crate) fn route(&mut self, from: u32, to: SocketAddr) -> Option<(u32, u64)> {
        let ip = to.ip();
        let local = ip.is_loopback() || ip.is_unspecified();
        let host = if local { Some(from) } else { self.host_at(ip) }?;
        Some((host, self.switch.delay(from, host)))
    }

    fn host_at(&self, ip: std::net::IpAddr) -> Option<u32> {
        (0..self.hosts.len() as u32).find(|host| address(*host) == ip)
    }

    /// A dialler's segment is there, which took `delay`.
    pub(crate) fn connect(&mut self, from: u32, host: u32, to: SocketAddr, delay: u64) -> Reached {
        if self.hosts[host as usize].silent {
            return Reached::Silence;
        }
        let back = self.switch.way_back(from, host, delay);
        let Some(listener) = self.switch.fabric.listener(host, to) else {
            self.note(Event::Refused { socket: to });
            return Reached::Refused(back);
        };
        let connection = self.switch.fabric.connect(from, to, listener);
        self.note(Event::Connect { connection });
        self.switch
            .pipes
            .resize_with(connection as usize * 2 + 2, Waiting::default);
        if let Some(waiter) = self.switch.listeners[listener as usize].take() {
            self.tell(waiter);
        }
        Reached::Connection(connection, back)
    }

    pub(crate) fn poll_accept(
        &mut self,
        listener: u32,
        cx: &Context<'_>,
    ) -> Poll<Result<u32, Error>> {
        if let Some(connection) = self.switch.fabric.accept(listener) {
            self.note(Event::Accept { connection });
            return Poll::Ready(Ok(connection));
        }
        if !self.switch.fabric.is_listening(listener) {
            return Poll::Ready(Err(Error::Closed));
        }
        let waiter = self.waiter(cx, Wait::Accept(listener));
        let place = &mut self.switch.listeners[listener as usize];
        Self::replace(&mut self.outbox, place, waiter);
        Poll::Pending
    }

    pub(crate) fn sockets_of(&mut self, number: u32) -> Option<[SocketAddr; 2]> {
        self.switch
            .fabric
            .connection(number)
            .map(|connection| connection.sockets)
    }

    /// The address of the end that writes `pipe`, for a report.
    pub(crate) fn far_end(&mut self, pipe: u32) -> String {
        let (number, writer) = ends_of(pipe);
        let sockets = self.sockets_of(number);
        sockets.map_or_else(
            || "a lost connection".into(),
            |sockets| sockets[writer].to_string(),
        )
    }

    /// The address of the end that reads `pipe`, for a report.
    pub(crate) fn near_end(&mut self, pipe: u32) -> String {
        let (number, writer) = ends_of(pipe);
        let sockets = self.sockets_of(number);
        sockets.map_or_else(
            || "a lost connection".into(),
            |sockets| sockets[1 - writer].to_string(),
        )
    }
}
