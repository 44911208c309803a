//! Bytes on their way: sent, arrived, received.

use super::{
    PARTIAL, ends_of,
    pipe::{Pipe, Read},
};
use crate::{
    event::Event,
    kernel::{Due, Kernel, Wait},
};
use runtime_traits::Error;
use std::{
    io::IoSlice,
    task::{Context, Poll},
};

impl Kernel {
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
            self.depart(pipe, Pipe::close);
        }
    }

    fn depart(&mut self, pipe: u32, send: impl FnOnce(&mut Pipe, u64) -> Option<u64>) {
        let (number, end) = ends_of(pipe);
        let Some(hosts) = self
            .switch
            .fabric
            .connection(number)
            .map(|found| found.hosts)
        else {
            return;
        };
        let at = self.now + self.switch.delay(hosts[end], hosts[1 - end]);
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
            Read::End => {
                self.note(Event::Receive { pipe, bytes: &[] });
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
}
