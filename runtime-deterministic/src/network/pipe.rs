//! One direction of a connection: bytes in flight, bytes that have arrived, and how it ends.
//!
//! It is pure: it knows virtual time as a number, and neither wakers nor chance.

use std::collections::VecDeque;

/// Bytes that are in flight or wait to be read, at most.
const CAPACITY: usize = 64 * 1024;

#[derive(Default)]
pub(crate) struct Pipe {
    /// What arrived, then what is in flight.
    bytes: VecDeque<u8>,
    arrived: usize,
    flight: VecDeque<Segment>,
    /// When the last segment arrives: none overtakes another.
    last: u64,
    closed: bool,
    ended: bool,
}

enum Segment {
    Bytes(usize),
    End,
}

/// What a read finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Bytes(usize),
    Nothing,
    End,
}

impl Pipe {
    /// How many bytes can be sent now.
    pub(crate) fn room(&self) -> usize {
        CAPACITY - self.bytes.len()
    }

    /// Sends bytes that arrive at `at`, or after what was sent before. Returns when.
    ///
    /// # Panics
    /// When there is no [room](Self::room) for them.
    pub(crate) fn send(&mut self, bytes: &[u8], at: u64) -> u64 {
        assert!(
            bytes.len() <= self.room(),
            "more bytes than a pipe has room for"
        );
        self.bytes.extend(bytes);
        self.depart(Segment::Bytes(bytes.len()), at)
    }

    /// Sends the end. Returns when it arrives, or `None` when it was sent before.
    pub(crate) fn close(&mut self, at: u64) -> Option<u64> {
        match std::mem::replace(&mut self.closed, true) {
            true => None,
            false => Some(self.depart(Segment::End, at)),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// The next segment arrives.
    pub(crate) fn arrive(&mut self) {
        match self.flight.pop_front() {
            Some(Segment::Bytes(len)) => self.arrived += len,
            Some(Segment::End) => self.ended = true,
            None => {}
        }
    }

    pub(crate) fn unread(&self) -> usize {
        self.arrived
    }

    /// Takes bytes that have arrived, as many as fit.
    pub(crate) fn read(&mut self, buf: &mut [u8]) -> Read {
        let len = self.arrived.min(buf.len());
        if len == 0 {
            return if self.ended && self.arrived == 0 {
                Read::End
            } else {
                Read::Nothing
            };
        }
        let (front, back) = self.bytes.as_slices();
        let split = front.len().min(len);
        buf[..split].copy_from_slice(&front[..split]);
        buf[split..len].copy_from_slice(&back[..len - split]);
        self.bytes.drain(..len);
        self.arrived -= len;
        Read::Bytes(len)
    }

    /// The connection broke: what is here and what is in flight is gone.
    pub(crate) fn discard(&mut self) {
        self.bytes.clear();
        self.arrived = 0;
    }

    fn depart(&mut self, segment: Segment, at: u64) -> u64 {
        self.last = self.last.max(at);
        self.flight.push_back(segment);
        self.last
    }
}

#[cfg(test)]
mod tests;
