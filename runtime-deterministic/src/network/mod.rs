//! The network of a run: what moves between sockets, when, and who waits for it.

mod fabric;
mod pipe;
mod socket;

pub(crate) use fabric::address;
pub use socket::{Listener, Sink, Stream};

use crate::{
    draws::Draws,
    event::Event,
    kernel::{Due, Kernel, Wait, Waiter},
};
use fabric::{Connection, Fabric};
use pipe::Read;
use runtime_traits::Error;
use std::{
    io::{ErrorKind, IoSlice},
    mem,
    net::SocketAddr,
    ops::RangeInclusive,
    task::{Context, Poll, ready},
};

/// One way between two hosts, in nanoseconds: a first test already has interleavings.
const LATENCY: RangeInclusive<u64> = 100_000..=1_000_000;
/// One send in so many takes a part of what it is given only.
const PARTIAL: u32 = 8;
/// How long TCP sends again before it gives a peer up that does not answer: `tcp_retries2` of 15,
/// as Linux's ip-sysctl document reckons it.
const GIVE_UP: u64 = 924_600_000_000;

/// The sockets of all hosts, and who waits at them.
pub(crate) struct Switch {
    pub(crate) fabric: Fabric,
    draws: Draws,
    pipes: Vec<Waiting>,
    listeners: Vec<Option<Waiter>>,
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
            draws,
            pipes: Vec::new(),
            listeners: Vec::new(),
        }
    }

    /// How long a segment takes.
    fn delay(&mut self, hosts: [u32; 2]) -> u64 {
        if hosts[0] == hosts[1] {
            0
        } else {
            self.draws.within(LATENCY)
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

/// What a dialler finds.
pub(crate) enum Reached {
    Connection(u32),
    Refused,
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
        self.note(Event::Unbind { listener });
        let backlog = self.switch.fabric.unbind(listener);
        if let Some(waiter) = self.switch.listeners[listener as usize].take() {
            self.tell(waiter);
        }
        for number in backlog {
            self.reset(number, 1);
            self.release(number, 1, 2);
        }
    }

    /// The time that a segment takes from `from` to whoever `to` names, and who that is.
    pub(crate) fn route(&mut self, from: u32, to: SocketAddr) -> Option<(u32, u64)> {
        let ip = to.ip();
        let local = ip.is_loopback() || ip.is_unspecified();
        let host = if local { Some(from) } else { self.host_at(ip) }?;
        Some((host, self.switch.delay([from, host])))
    }

    fn host_at(&self, ip: std::net::IpAddr) -> Option<u32> {
        (0..self.hosts.len() as u32).find(|host| address(*host) == ip)
    }

    /// A dialler's segment is there.
    pub(crate) fn connect(&mut self, from: u32, host: u32, to: SocketAddr) -> Reached {
        if self.hosts[host as usize].silent {
            return Reached::Silence;
        }
        let Some(listener) = self.switch.fabric.listener(host, to) else {
            self.note(Event::Refused { socket: to });
            return Reached::Refused;
        };
        let connection = self.switch.fabric.connect(from, to, listener);
        self.note(Event::Connect { connection });
        self.switch
            .pipes
            .resize_with(connection as usize * 2 + 2, Waiting::default);
        if let Some(waiter) = self.switch.listeners[listener as usize].take() {
            self.tell(waiter);
        }
        Reached::Connection(connection)
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

    pub(crate) fn poll_send(
        &mut self,
        pipe: u32,
        cx: &Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let (number, end) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return Poll::Ready(Err(Error::Closed));
        };
        if let Some(kind) = connection.broken[end] {
            return Poll::Ready(Err(Error::SendFailed(kind.into())));
        }
        let wanted: usize = bufs.iter().map(|buf| buf.len()).sum();
        let room = connection.pipes[end].room();
        if wanted > 0 && room == 0 {
            let waiter = self.waiter(cx, Wait::Send(pipe));
            let place = &mut self.switch.pipes[pipe as usize].writer;
            Self::replace(&mut self.outbox, place, waiter);
            return Poll::Pending;
        }
        let mut len = wanted.min(room);
        if len > 1 && self.switch.draws.one_in(PARTIAL) {
            len = 1 + self.switch.draws.below(len as u32 - 1) as usize;
        }
        let mut left = len;
        for buf in bufs.iter().filter(|buf| !buf.is_empty()) {
            let part = left.min(buf.len());
            self.send_segment(pipe, &buf[..part]);
            left -= part;
            if left == 0 {
                break;
            }
        }
        Poll::Ready(Ok(len))
    }

    fn send_segment(&mut self, pipe: u32, bytes: &[u8]) {
        self.note(Event::Send { pipe, bytes });
        self.depart(pipe, |pipe, at| Some(pipe.send(bytes, at)));
    }

    /// Closes a direction, once.
    pub(crate) fn close(&mut self, pipe: u32) {
        let (number, end) = ends_of(pipe);
        let connection = self.switch.fabric.connection(number);
        let open = connection.is_some_and(|connection| {
            connection.broken[end].is_none() && !connection.pipes[end].is_closed()
        });
        if open {
            self.note(Event::Close { pipe });
            self.depart(pipe, pipe::Pipe::close);
        }
    }

    fn depart(&mut self, pipe: u32, send: impl FnOnce(&mut pipe::Pipe, u64) -> Option<u64>) {
        let (number, end) = ends_of(pipe);
        let Some(hosts) = self
            .switch
            .fabric
            .connection(number)
            .map(|found| found.hosts)
        else {
            return;
        };
        let at = self.now + self.switch.delay(hosts);
        let connection = self
            .switch
            .fabric
            .connection(number)
            .expect("it was found above");
        match send(&mut connection.pipes[end], at) {
            Some(at) if at > self.now => {
                self.timers.insert(at, Due::Arrive { pipe });
            }
            Some(_) => self.arrive(pipe),
            None => {}
        }
    }

    /// A segment is there: it goes to its reader, or to a machine that knows nothing of it.
    pub(crate) fn arrive(&mut self, pipe: u32) {
        let (number, writer) = ends_of(pipe);
        let reader = 1 - writer;
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        if connection.gone[reader] {
            return self.arrive_at_nobody(number, writer);
        }
        if connection.broken[reader].is_some() {
            return;
        }
        connection.pipes[writer].arrive();
        let unread = connection.pipes[writer].unread();
        if connection.halves[reader] == 0 && unread > 0 {
            return self.reset(number, reader);
        }
        self.note(Event::Arrive { pipe });
        self.tell_reader(pipe);
    }

    /// A machine that restarted answers with a reset; one that is silent does not answer, and is
    /// given up after TCP's own time-out.
    fn arrive_at_nobody(&mut self, number: u32, writer: usize) {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        if mem::replace(&mut connection.unanswered[writer], true) {
            return;
        }
        let hosts = connection.hosts;
        let silent = self.hosts[hosts[1 - writer] as usize].silent;
        let (after, kind) = match silent {
            true => (GIVE_UP, ErrorKind::TimedOut),
            false => (self.switch.delay(hosts), ErrorKind::ConnectionReset),
        };
        self.break_later(number, writer, after, kind);
    }

    fn break_later(&mut self, connection: u32, end: usize, after: u64, kind: ErrorKind) {
        match after {
            0 => self.break_end(connection, end, kind),
            _ => {
                self.timers.insert(
                    self.now + after,
                    Due::Break {
                        connection,
                        end,
                        kind,
                    },
                );
            }
        }
    }

    pub(crate) fn poll_recv(
        &mut self,
        pipe: u32,
        cx: &Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return Poll::Ready(Err(Error::Closed));
        };
        if let Some(kind) = connection.broken[1 - writer] {
            return Poll::Ready(Err(Error::RecvFailed(kind.into())));
        }
        match connection.pipes[writer].read(buf) {
            Read::Bytes(len) => {
                self.note(Event::Receive {
                    pipe,
                    bytes: &buf[..len],
                });
                if let Some(waiter) = self.switch.pipes[pipe as usize].writer.take() {
                    self.tell(waiter);
                }
                Poll::Ready(Ok(len))
            }
            Read::End => Poll::Ready(Ok(0)),
            Read::Nothing => {
                let waiter = self.waiter(cx, Wait::Receive(pipe));
                let place = &mut self.switch.pipes[pipe as usize].reader;
                Self::replace(&mut self.outbox, place, waiter);
                Poll::Pending
            }
        }
    }

    /// End `end` breaks the connection off; the other end hears of it after the link's delay.
    pub(crate) fn reset(&mut self, number: u32, end: usize) {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        if connection.broken[end].is_some() {
            return;
        }
        let hosts = connection.hosts;
        self.break_end(number, end, ErrorKind::ConnectionReset);
        let after = self.switch.delay(hosts);
        self.break_later(number, 1 - end, after, ErrorKind::ConnectionReset);
    }

    /// End `end` fails from now on.
    pub(crate) fn break_end(&mut self, number: u32, end: usize, kind: ErrorKind) {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        if connection.broken[end].is_some() {
            return;
        }
        connection.broken[end] = Some(kind);
        connection.pipes[1 - end].discard();
        self.note(Event::Reset {
            pipe: pipe_of(number, end),
        });
        self.tell_reader(pipe_of(number, 1 - end));
        if let Some(waiter) = self.switch.pipes[pipe_of(number, end) as usize]
            .writer
            .take()
        {
            self.tell(waiter);
        }
    }

    fn tell_reader(&mut self, pipe: u32) {
        if let Some(waiter) = self.switch.pipes[pipe as usize].reader.take() {
            self.tell(waiter);
        }
    }

    /// Some of an end's halves are dropped. An end that nobody holds any more resets the connection
    /// if there are bytes that it did not read, as Linux does.
    pub(crate) fn release(&mut self, number: u32, end: usize, halves: u8) {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        connection.halves[end] -= halves;
        if connection.halves[end] == 0 && connection.pipes[1 - end].unread() > 0 {
            self.reset(number, end);
        }
        self.switch.fabric.forget_unused(number);
    }

    /// A host's life ends: its ports are free, its connections break.
    pub(crate) fn drop_connections(&mut self, host: u32) {
        let silent = self.hosts[host as usize].silent;
        for listener in self.switch.fabric.listeners_of(host) {
            if silent {
                let backlog = self.switch.fabric.unbind(listener);
                backlog
                    .into_iter()
                    .for_each(|number| self.go_dark(number, 1));
            } else {
                self.unbind(listener);
            }
        }
        for (number, end) in self.switch.fabric.connections_of(host) {
            match silent {
                true => self.go_dark(number, end),
                false => self.reset(number, end),
            }
            if let Some(connection) = self.switch.fabric.connection(number) {
                connection.halves[end] = 0;
            }
            self.switch.fabric.forget_unused(number);
        }
    }

    /// An end is gone without a word.
    fn go_dark(&mut self, number: u32, end: usize) {
        if let Some(connection) = self.switch.fabric.connection(number) {
            connection.gone[end] = true;
        }
    }

    /// A machine is back: it resets the connections on which its peers still send.
    pub(crate) fn answer_again(&mut self, host: u32) {
        for (number, end) in self.switch.fabric.connections_of(host) {
            let found = self.switch.fabric.connection(number);
            let Some(Connection {
                gone,
                unanswered,
                hosts,
                ..
            }) = found
            else {
                continue;
            };
            if gone[end] && unanswered[1 - end] {
                let hosts = *hosts;
                let after = self.switch.delay(hosts);
                self.break_later(number, 1 - end, after, ErrorKind::ConnectionReset);
            }
        }
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

/// A ready error, when `result` is one.
fn settled<T>(result: Result<Poll<Result<T, Error>>, Error>) -> Poll<Result<T, Error>> {
    let polled = match result {
        Ok(polled) => ready!(polled),
        Err(error) => Err(error),
    };
    Poll::Ready(polled)
}
