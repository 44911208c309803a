//! Bytes on their way: sent, arrived, received.

use super::{
    PARTIAL, Switch, ends_of,
    line::Loss,
    pipe::{Pipe, Read},
    usual_delay,
};
use crate::{
    event::Event,
    kernel::{Due, Kernel, Wait},
};
use runtime_traits::Error;
use std::{
    io::{ErrorKind, IoSlice},
    task::{Context, Poll},
};

/// Why bytes are neither taken nor given. It is as wide as a number of bytes, so that both come out of
/// the kernel in a register, where an [`Error`] takes eight.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(super) enum Failing {
    Closed,
    Reset,
    TimedOut,
}

impl Failing {
    fn by(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::ConnectionReset => Self::Reset,
            ErrorKind::TimedOut => Self::TimedOut,
            kind => unreachable!("no connection breaks by {kind}"),
        }
    }

    pub(super) fn to_send(self) -> Error {
        self.kind()
            .map_or(Error::Closed, |kind| Error::SendFailed(kind.into()))
    }

    pub(super) fn to_receive(self) -> Error {
        self.kind()
            .map_or(Error::Closed, |kind| Error::RecvFailed(kind.into()))
    }

    fn kind(self) -> Option<ErrorKind> {
        match self {
            Self::Closed => None,
            Self::Reset => Some(ErrorKind::ConnectionReset),
            Self::TimedOut => Some(ErrorKind::TimedOut),
        }
    }
}

impl Kernel {
    #[inline(never)]
    pub(super) fn poll_send(
        &mut self,
        pipe: u32,
        cx: &Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Failing>> {
        let (number, end) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return Poll::Ready(Err(Failing::Closed));
        };
        if let Some(kind) = connection.broken[end] {
            return Poll::Ready(Err(Failing::by(kind)));
        }
        let wanted: usize = bufs.iter().map(|buf| buf.len()).sum();
        let room = connection.pipes[end].room();
        if wanted > 0 && room == 0 {
            let waiter = self.waiter(cx, Wait::Send(pipe));
            let place = &mut self.switch.pipes[pipe as usize].writer;
            Self::replace(&mut self.outbox, place, waiter);
            if !self.switch.lines.are_untouched() {
                self.ask_for_room(pipe);
            }
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
        self.note(Event::Send {
            pipe,
            bytes: bytes.into(),
        });
        if self.switch.lines.are_untouched() {
            return self.launch(pipe, |pipe, at| pipe.launch(bytes, at));
        }
        let (number, end) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        match connection.pipes[end].send(bytes) {
            Some(how) => self.cut_now(pipe, how),
            None => self.depart(pipe),
        }
        self.reset_writer(pipe);
    }

    /// As [`close`](Self::close), unless the connection is known to have broken off.
    pub(super) fn poll_close(&mut self, pipe: u32) -> Poll<Result<(), Failing>> {
        let (number, end) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return Poll::Ready(Err(Failing::Closed));
        };
        if let Some(kind) = connection.broken[end] {
            return Poll::Ready(Err(Failing::by(kind)));
        }
        self.close(pipe);
        Poll::Ready(Ok(()))
    }

    /// Closes a direction, once.
    pub(crate) fn close(&mut self, pipe: u32) {
        let (number, end) = ends_of(pipe);
        let connection = self.switch.fabric.connection(number);
        let open = connection.is_some_and(|connection| {
            connection.broken[end].is_none() && !connection.pipes[end].is_closed()
        });
        if !open {
            return;
        }
        self.note(Event::Close { pipe });
        if self.switch.lines.are_untouched() {
            return self.launch(pipe, Pipe::launch_end);
        }
        if let Some(connection) = self.switch.fabric.connection(number) {
            connection.pipes[end].close();
            self.depart(pipe);
        }
    }

    /// Something leaves at once: no link was touched, and nothing is in its way.
    fn launch(&mut self, pipe: u32, send: impl FnOnce(&mut Pipe, u64) -> u64) {
        let (number, end) = ends_of(pipe);
        let Switch { fabric, draws, .. } = &mut self.switch;
        if let Some(connection) = fabric.connection(number) {
            let at = self.now + usual_delay(connection.way(end), draws);
            let at = send(&mut connection.pipes[end], at);
            self.arrive_at(pipe, at);
        }
    }

    fn arrive_at(&mut self, pipe: u32, at: u64) {
        match at > self.now {
            true => {
                self.timers.insert(at, Due::Arrive { pipe });
            }
            false => self.arrive(pipe),
        }
    }

    /// What waits at a pipe leaves, up to a segment that gets lost.
    pub(super) fn depart(&mut self, pipe: u32) {
        let (number, end) = ends_of(pipe);
        while let Some(connection) = self.switch.fabric.connection(number) {
            let Some(len) = connection.pipes[end].next() else {
                if connection.pipes[end].tells_of_loss() {
                    self.hasten(pipe);
                }
                return;
            };
            let (way, holed) = (connection.way(end), connection.pipes[end].is_holed());
            let delay = match holed {
                true => Err(Loss::Parted),
                false => self.switch.cross(way, self.now, len),
            };
            let Some(connection) = self.switch.fabric.connection(number) else {
                return;
            };
            let at = match delay {
                Ok(delay) => connection.pipes[end].depart(self.now.saturating_add(delay)),
                Err(loss) => {
                    connection.pipes[end].stall(loss);
                    self.lost(pipe, loss);
                    return self.hasten(pipe);
                }
            };
            self.arrive_at(pipe, at);
        }
    }

    /// A segment is there: it goes to its reader, or to a machine that knows nothing of it.
    pub(crate) fn arrive(&mut self, pipe: u32) {
        let untouched = self.switch.lines.are_untouched();
        if !(untouched || self.lands(pipe)) {
            return;
        }
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
        if let (0, Some(probes)) = (reader, &mut connection.keepalive) {
            probes.hear(self.now);
        }
        let reset = connection.pipes[writer].arrive();
        let unread = connection.pipes[writer].unread();
        if connection.halves[reader] == 0 && unread > 0 {
            return self.reset(number, reader);
        }
        self.note(Event::Arrive { pipe });
        if reset {
            self.break_behind(number, reader, ErrorKind::ConnectionReset);
        }
        self.tell_reader(pipe);
        if !untouched {
            self.answer(pipe);
            self.reset_writer(pipe);
        }
    }

    #[inline(never)]
    pub(super) fn poll_recv(
        &mut self,
        pipe: u32,
        cx: &Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize, Failing>> {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return Poll::Ready(Err(Failing::Closed));
        };
        // A cut's reset comes behind the bytes.
        if let Some(kind) = connection.broken[1 - writer]
            && connection.pipes[writer].unread() == 0
        {
            return Poll::Ready(Err(Failing::by(kind)));
        }
        match connection.pipes[writer].read(buf) {
            Read::Bytes(len) => {
                self.note(Event::Receive {
                    pipe,
                    bytes: (&buf[..len]).into(),
                });
                match self.switch.lines.are_untouched() {
                    true => self.tell_writer(pipe),
                    false => self.make_room(pipe, len),
                }
                Poll::Ready(Ok(len))
            }
            Read::End => {
                self.note(Event::Receive {
                    pipe,
                    bytes: (&[][..]).into(),
                });
                Poll::Ready(Ok(0))
            }
            Read::Nothing => {
                let waiter = self.waiter(cx, Wait::Receive(pipe));
                let place = &mut self.switch.pipes[pipe as usize].reader;
                Self::replace(&mut self.outbox, place, waiter);
                Poll::Pending
            }
        }
    }

    pub(super) fn tell_reader(&mut self, pipe: u32) {
        if let Some(waiter) = self.switch.pipes[pipe as usize].reader.take() {
            self.tell(waiter);
        }
    }

    pub(super) fn tell_writer(&mut self, pipe: u32) {
        if let Some(waiter) = self.switch.pipes[pipe as usize].writer.take() {
            self.tell(waiter);
        }
    }
}
