//! One direction of a connection: bytes that wait to leave, that are in flight and that have
//! arrived, what the writer knows of it, and how it ends.
//!
//! It is pure: it knows virtual time as a number, and neither wakers nor chance.

use super::{
    cut::{Cut, How},
    line::{Hand, Loss},
    queue::Queue,
    retry::Retry,
};
use std::{collections::VecDeque, mem};

/// What the writer's send buffer and the reader's receive buffer hold, each. Bytes that wait to
/// leave, are in flight, or wait to be read are at most as many as both hold together.
const BUFFER: usize = 32 * 1024;
/// What they hold at least, whatever was asked for: of systems Linux asks for most, about as much.
const LEAST: usize = 2 * 1024;

#[derive(Default)]
pub(crate) struct Pipe {
    buffers: Buffers,
    /// What arrived, then what is in flight, then what waits.
    bytes: Queue,
    arrived: usize,
    flight: VecDeque<Segment>,
    /// What is to leave: behind a segment that was lost, all wait for its retransmission.
    waiting: VecDeque<Segment>,
    /// So many arrivals are due of segments that were lost on their way.
    stale: usize,
    /// When the last segment arrives: none overtakes another.
    last: u64,
    closed: bool,
    ended: bool,
    /// Bytes that were read, of which the writer has not heard.
    unheard: usize,
    /// The writer waits for an answer.
    pub(super) retry: Retry,
    /// A segment was lost: nothing leaves before it is sent again.
    stalled: bool,
    /// It was lost by chance, and what is behind it gets through.
    holey: bool,
    cutting: Option<Cutting>,
}

struct Buffers {
    send: usize,
    recv: usize,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            send: BUFFER,
            recv: BUFFER,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment {
    Bytes(usize),
    End,
    /// What a cut puts in the place of the next byte.
    Cut(How),
}

/// A cut: how many bytes are left, and what became of it.
struct Cutting {
    left: u64,
    how: How,
    hand: Hand,
    /// Bytes were sent that are behind it.
    beyond: bool,
    landed: bool,
}

/// What a read finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Bytes(usize),
    Nothing,
    End,
}

impl Pipe {
    /// Becomes as new, and keeps its memory.
    pub(super) fn empty(&mut self) {
        let (bytes, mut flight) = (mem::take(&mut self.bytes), mem::take(&mut self.flight));
        flight.clear();
        *self = Self {
            bytes: bytes.emptied(),
            flight,
            ..Self::default()
        };
    }

    /// How many bytes can be sent now, as far as the writer knows.
    pub(crate) fn room(&self) -> usize {
        self.buffers.send + self.buffers.recv - self.bytes.len() - self.unheard
    }

    /// Sets how much the writer's buffer holds. For a pipe through which nothing went yet.
    pub(super) fn set_send_buffer(&mut self, bytes: usize) {
        self.buffers.send = bytes.clamp(LEAST, usize::MAX / 2);
    }

    /// Sets how much the reader's buffer holds, likewise.
    pub(super) fn set_recv_buffer(&mut self, bytes: usize) {
        self.buffers.recv = bytes.clamp(LEAST, usize::MAX / 2);
    }

    /// Sends bytes: they wait to [`depart`](Self::depart). Says how the direction is cut, if it is
    /// now.
    ///
    /// # Panics
    /// When there is no [room](Self::room) for them.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Option<How> {
        assert!(
            bytes.len() <= self.room(),
            "more bytes than a pipe has room for"
        );
        match self.cutting.is_some() {
            false => {
                self.push(bytes);
                None
            }
            true => self.send_up_to_cut(bytes),
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.push(bytes);
        self.waiting.push_back(Segment::Bytes(bytes.len()));
    }

    fn send_up_to_cut(&mut self, bytes: &[u8]) -> Option<How> {
        let cutting = self.cutting.as_mut()?;
        let before = cutting.left;
        let (pass, beyond) =
            bytes.split_at(bytes.len().min(before.try_into().unwrap_or(usize::MAX)));
        cutting.left -= pass.len() as u64;
        cutting.beyond |= !beyond.is_empty();
        let (over, how) = (cutting.left == 0, cutting.how);
        if !pass.is_empty() {
            self.push(pass);
        }
        let now = over && before > 0;
        if now {
            self.waiting.push_back(Segment::Cut(how));
        }
        if !beyond.is_empty() && how == How::BlackHole {
            self.push(beyond);
        }
        now.then_some(how)
    }

    /// Cuts the direction after so many bytes of those that are sent from now on. Says whether that
    /// is now; `None` where it has ended, or been cut, or is the test's to cut. What the test cuts is
    /// cut in the place of a black hole of the nemesis.
    pub(super) fn cut(&mut self, cut: Cut, hand: Hand) -> Option<bool> {
        if self.closed {
            return None;
        }
        match hand {
            Hand::Nemesis if self.is_cut_by(Hand::Test) => return None,
            Hand::Test if self.is_cut_by(Hand::Nemesis) => self.heal(),
            _ => {}
        }
        if self.is_cut() {
            return None;
        }
        let (left, how) = (cut.after_bytes, cut.how);
        self.cutting = Some(Cutting {
            left,
            how,
            hand,
            beyond: false,
            landed: false,
        });
        if left == 0 {
            self.waiting.push_back(Segment::Cut(how));
        }
        Some(left == 0)
    }

    /// Whether it is cut, or is to be, and by this hand.
    pub(super) fn is_cut_by(&self, hand: Hand) -> bool {
        let cutting = self.cutting.as_ref();
        cutting.is_some_and(|cutting| cutting.hand == hand)
    }

    /// A cut that has not taken place will not; a black hole lets pass what waits.
    pub(super) fn heal(&mut self) {
        let stays = |cutting: &Cutting| cutting.left == 0 && cutting.how != How::BlackHole;
        self.cutting = self.cutting.take().filter(stays);
        let hole = Segment::Cut(How::BlackHole);
        self.waiting.retain(|segment| *segment != hole);
    }

    fn is_cut(&self) -> bool {
        self.cutting
            .as_ref()
            .is_some_and(|cutting| cutting.left == 0)
    }

    /// Whether nothing leaves any more.
    pub(super) fn is_holed(&self) -> bool {
        self.waiting.front() == Some(&Segment::Cut(How::BlackHole))
    }

    /// Whether a cut that has landed resets the writer.
    pub(super) fn resets_writer(&self) -> bool {
        self.cutting
            .as_ref()
            .is_some_and(|cutting| cutting.landed && (cutting.beyond || cutting.how == How::Rst))
    }

    /// Sends the end: it waits to depart. Says whether it was not sent before.
    pub(super) fn close(&mut self) -> bool {
        let first = !mem::replace(&mut self.closed, true);
        let passes = |cutting: &Cutting| cutting.left > 0 || cutting.how == How::BlackHole;
        if first && self.cutting.as_ref().is_none_or(passes) {
            self.waiting.push_back(Segment::End);
        }
        first
    }

    /// How many bytes are the next to depart, if anything may leave.
    pub(super) fn next(&self) -> Option<usize> {
        match self.waiting.front()? {
            _ if self.stalled => None,
            Segment::Bytes(len) => Some(*len),
            Segment::End | Segment::Cut(_) => Some(0),
        }
    }

    /// The next segment leaves, and arrives at `at`, or after what left before. Returns when.
    pub(super) fn depart(&mut self, at: u64) -> u64 {
        match self.waiting.pop_front() {
            Some(segment) => self.fly(segment, at),
            None => self.last,
        }
    }

    fn fly(&mut self, segment: Segment, at: u64) -> u64 {
        self.flight.push_back(segment);
        self.last = self.last.max(at);
        self.last
    }

    /// [Sends](Self::send) bytes that leave at once, on a line that nobody touched. Returns when
    /// they arrive.
    ///
    /// # Panics
    /// When there is no [room](Self::room) for them.
    pub(super) fn launch(&mut self, bytes: &[u8], at: u64) -> u64 {
        assert!(
            bytes.len() <= self.room(),
            "more bytes than a pipe has room for"
        );
        self.bytes.push(bytes);
        self.fly(Segment::Bytes(bytes.len()), at)
    }

    /// [Closes](Self::close) likewise.
    pub(super) fn launch_end(&mut self, at: u64) -> u64 {
        self.closed = true;
        self.fly(Segment::End, at)
    }

    /// Whether its end has arrived.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// The next segment got lost on leaving: it waits, and all behind it.
    pub(super) fn stall(&mut self, loss: Loss) {
        self.stalled = true;
        self.holey = loss == Loss::Chance;
    }

    /// What was lost may leave again.
    pub(super) fn resume(&mut self) {
        self.stalled = false;
    }

    /// Whether what is behind a segment that was lost tells the writer of the loss: it gets to the
    /// reader, who asks for what is missing.
    pub(super) fn tells_of_loss(&self) -> bool {
        let behind = self.waiting.get(1);
        let passes = behind.is_some_and(|segment| *segment != Segment::Cut(How::BlackHole));
        self.stalled && self.holey && passes && self.retry.may_hasten()
    }

    /// Whether the arrival that is due is of a segment that was lost.
    pub(super) fn is_stale(&mut self) -> bool {
        let stale = self.stale > 0;
        self.stale -= usize::from(stale);
        stale
    }

    /// The segment that arrives is lost, and with it all that are behind it.
    pub(super) fn lose(&mut self) {
        self.stale += self.flight.len().saturating_sub(1);
        while let Some(segment) = self.flight.pop_back() {
            self.waiting.push_front(segment);
        }
        self.stall(Loss::Parted);
    }

    /// The next segment arrives. Says whether it resets its reader.
    pub(super) fn arrive(&mut self) -> bool {
        match self.flight.pop_front() {
            Some(Segment::Bytes(len)) => self.arrived += len,
            Some(Segment::End) => self.ended = true,
            Some(Segment::Cut(how)) => {
                self.ended = how == How::Fin;
                if let Some(cutting) = &mut self.cutting {
                    cutting.landed = true;
                }
                return how == How::Rst;
            }
            None => {}
        }
        false
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
        self.bytes.take(&mut buf[..len]);
        self.arrived -= len;
        Read::Bytes(len)
    }

    /// The writer does not hear that so many bytes were read.
    pub(super) fn unheard(&mut self, len: usize) {
        self.unheard += len;
    }

    /// Whether the writer waits for room that there is.
    pub(super) fn has_unheard(&self) -> bool {
        self.unheard > 0
    }

    /// The writer hears of everything.
    pub(super) fn acknowledge(&mut self) {
        self.unheard = 0;
        match self.flight.is_empty() && self.waiting.is_empty() {
            true => self.retry.stop(),
            false => self.retry.progress(),
        }
    }

    /// The connection broke: what is here and what is in flight is gone.
    pub(crate) fn discard(&mut self) {
        self.bytes.clear();
        self.arrived = 0;
    }
}

#[cfg(test)]
mod tests;
