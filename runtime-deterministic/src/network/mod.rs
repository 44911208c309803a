//! The network of a run: what moves between sockets, when, and who waits for it.

mod breaks;
mod cut;
mod datagram;
mod dial;
mod driver;
mod fabric;
mod holds;
mod keepalive;
mod line;
mod mailbox;
mod options;
mod packet;
mod pipe;
mod ports;
mod probing;
mod queue;
mod recovery;
mod retry;
mod rules;
mod setting;
mod socket;
mod transfer;

pub use cut::{Cut, How};
pub use datagram::Datagram;
pub use driver::Link;
pub(crate) use fabric::address;
pub(crate) use line::{Hand, Loss};
pub(crate) use packet::Packet;
pub(crate) use setting::Setting;
pub use socket::{Listener, Sink, Stream};

use crate::{
    draws::Draws,
    event::Event,
    faults::Fired,
    kernel::{Kernel, Wait, Waiter, emptied},
};
use fabric::Fabric;
use holds::Holds;
use line::Lines;
use mailbox::Mailboxes;
use rules::Held;
use runtime_traits::Error;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    task::{Context, Poll},
};

/// One send in so many takes a part of what it is given only.
const PARTIAL: u32 = 8;

/// The sockets of all hosts, and who waits at them.
pub(crate) struct Switch {
    pub(crate) fabric: Fabric,
    pub(crate) mailboxes: Mailboxes,
    lines: Lines,
    /// Where nothing was ever held, there are none.
    holds: Option<Box<Holds<Held>>>,
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

/// The lists of a switch, with nothing in them.
#[derive(Default)]
pub(crate) struct Lists {
    fabric: Fabric,
    mailboxes: Mailboxes,
    pipes: Vec<Waiting>,
    listeners: Vec<Option<Waiter>>,
    receivers: Vec<Option<Waiter>>,
}

impl Switch {
    pub(crate) fn new(draws: Draws, lists: Lists) -> Self {
        let Lists {
            fabric,
            mailboxes,
            pipes,
            listeners,
            receivers,
        } = lists;
        Self {
            fabric,
            mailboxes,
            lines: Lines::default(),
            holds: None,
            draws,
            pipes,
            listeners,
            receivers,
        }
    }

    /// Takes out whoever waits, as the end of the run.
    pub(crate) fn waiters(&mut self, mut each: impl FnMut(Option<Waiter>)) {
        for Waiting { reader, writer } in self.pipes.drain(..) {
            each(reader);
            each(writer);
        }
        self.listeners.drain(..).for_each(&mut each);
        self.receivers.drain(..).for_each(&mut each);
        if let Some(holds) = self.holds.take() {
            holds.into_all().map(Held::waiter).for_each(each);
        }
    }

    /// Its memory, for another.
    pub(crate) fn into_lists(self) -> Lists {
        Lists {
            fabric: self.fabric.emptied(),
            mailboxes: self.mailboxes.emptied(),
            pipes: emptied(self.pipes),
            listeners: emptied(self.listeners),
            receivers: emptied(self.receivers),
        }
    }

    /// How often each kind of fault has struck on links.
    pub(crate) fn fired(&self) -> Fired {
        self.lines.fired()
    }

    /// How long a segment takes that leaves now, or why it gets lost.
    fn cross(&mut self, way: [u32; 2], now: u64, len: usize) -> Result<u64, Loss> {
        let draws = &mut self.draws;
        self.lines
            .cross(way, now, len, &mut |range| draws.within(range))
    }

    /// How long it takes to hear of a loss from who gets what is behind it, if anybody does.
    fn round_trip(&mut self, way: [u32; 2], now: u64) -> Option<u64> {
        let draws = &mut self.draws;
        self.lines
            .round_trip(way, now, &mut |range| draws.within(range))
    }

    /// How long something takes that does not get lost.
    fn delay(&mut self, from: u32, to: u32) -> u64 {
        let draws = &mut self.draws;
        match self.lines.are_untouched() {
            true => usual_delay([from, to], draws),
            false => self.lines.delay(from, to, &mut |range| draws.within(range)),
        }
    }

    /// How long a datagram takes that leaves now, and its copy if it has one; or why it gets lost.
    fn cross_datagram(
        &mut self,
        [from, to]: [u32; 2],
        now: u64,
        len: usize,
    ) -> Result<(u64, Option<u64>), Loss> {
        let draws = &mut self.draws;
        let dice = &mut |range| draws.within(range);
        match self.lines.get(from, to) {
            Some(line) => line.cross_datagram(now, len, dice),
            None => Ok((self.lines.delay(from, to, dice), None)),
        }
    }

    /// How long the answer takes to a segment that took `delay` from `from` to `to`. While no link
    /// is touched, both ways are as long.
    fn way_back(&mut self, from: u32, to: u32, delay: u64) -> u64 {
        match self.lines.are_untouched() {
            true => delay,
            false => self.delay(to, from),
        }
    }
}

/// How long something takes while no link is touched.
fn usual_delay([from, to]: [u32; 2], draws: &mut Draws) -> u64 {
    match from == to {
        true => 0,
        false => draws.within(line::LATENCY),
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

    /// The host that `to` names on host `from`.
    fn locate(&self, from: u32, to: SocketAddr) -> Option<u32> {
        let ip = to.ip();
        match ip.is_loopback() || ip.is_unspecified() {
            true => Some(from),
            false => self.switch.fabric.host_at(ip),
        }
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

#[cfg(test)]
mod model;
