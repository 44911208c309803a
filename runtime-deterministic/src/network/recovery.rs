//! What TCP does when no answer comes: it sends again, later each time, and at last gives up.
//!
//! Nothing here is reached in a run whose test touches no link.

use super::{
    ends_of,
    line::{Gate, Loss},
    retry::{Passed, SHORTEST},
    rules::Held,
};
use crate::{
    event::Event,
    kernel::{Due, Kernel},
};
use std::io::ErrorKind;

impl Kernel {
    /// Whether a segment of `pipe` that is due lands; else it was lost, or is held.
    pub(super) fn lands(&mut self, pipe: u32) -> bool {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return false;
        };
        let [from, to] = connection.way(writer);
        if connection.pipes[writer].is_stale() {
            return false;
        }
        match self.switch.lines.gate(from, to) {
            Gate::Open => return true,
            Gate::Held => self.hold([from, to], Held::Segment(pipe)),
            Gate::Parted => {
                connection.pipes[writer].lose();
                self.switch.lines.block(from, to);
                self.lost(pipe, Loss::Parted);
            }
        }
        self.await_answer(pipe);
        false
    }

    /// A segment is lost. It is sent again.
    pub(super) fn lost(&mut self, pipe: u32, loss: Loss) {
        self.note(Event::Lost { pipe, loss });
        self.await_answer(pipe);
    }

    /// The writer of `pipe` waits for an answer that may not come.
    pub(super) fn await_answer(&mut self, pipe: u32) {
        let (number, writer) = ends_of(pipe);
        let connection = self.switch.fabric.connection(number);
        if let Some((run, wait)) =
            connection.and_then(|connection| connection.pipes[writer].retry.start())
        {
            self.timers
                .insert(self.now.saturating_add(wait), Due::Retry { pipe, run });
        }
    }

    /// Where something was sent behind a segment that was lost, the answers to it tell the writer, and
    /// it sends again after a round trip.
    pub(super) fn hasten(&mut self, pipe: u32) {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        let [from, to] = connection.way(writer);
        if !connection.pipes[writer].tells_of_loss() || self.way_back_of(pipe) != Gate::Open {
            return;
        }
        let Some(round_trip) = self.switch.round_trip([from, to], self.now) else {
            return;
        };
        let connection = self.switch.fabric.connection(number);
        if let Some(connection) = connection.filter(|_| round_trip < SHORTEST) {
            let run = connection.pipes[writer].retry.hasten();
            let at = self.now.saturating_add(round_trip);
            self.timers.insert(at, Due::Retry { pipe, run });
        }
    }

    /// A segment of `pipe` has landed: its writer hears of it, if the way back is open.
    pub(super) fn answer(&mut self, pipe: u32) {
        match self.way_back_of(pipe) {
            Gate::Open => self.acknowledge(pipe),
            Gate::Held => {
                let (number, writer) = ends_of(pipe);
                if let Some(connection) = self.switch.fabric.connection(number) {
                    let way = connection.way(1 - writer);
                    self.hold(way, Held::Answer(pipe));
                }
                self.await_answer(pipe);
            }
            Gate::Parted => self.await_answer(pipe),
        }
    }

    /// What becomes of the answers to `pipe`.
    pub(super) fn way_back_of(&mut self, pipe: u32) -> Gate {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return Gate::Open;
        };
        if connection.pipes[1 - writer].is_holed() {
            return Gate::Parted;
        }
        let [from, to] = connection.way(1 - writer);
        self.switch.lines.gate(from, to)
    }

    /// The writer of `pipe` hears of everything that has landed and was read.
    pub(super) fn acknowledge(&mut self, pipe: u32) {
        let (number, writer) = ends_of(pipe);
        if let Some(connection) = self.switch.fabric.connection(number) {
            connection.pipes[writer].acknowledge();
            let tells_of_loss = connection.pipes[writer].tells_of_loss();
            if connection.pipes[writer].room() > 0 {
                self.tell_writer(pipe);
            }
            // Of what else was lost before.
            if tells_of_loss {
                self.hasten(pipe);
            }
        }
    }

    /// `len` bytes were read: the writer hears that there is room, if the way back is open.
    pub(super) fn make_room(&mut self, pipe: u32, len: usize) {
        let gate = self.way_back_of(pipe);
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        if gate != Gate::Open {
            connection.pipes[writer].unheard(len);
        }
        match gate {
            Gate::Open => self.acknowledge(pipe),
            Gate::Held => {
                let way = connection.way(1 - writer);
                self.hold(way, Held::Answer(pipe));
            }
            Gate::Parted => {}
        }
        self.ask_for_room(pipe);
    }

    /// A writer that waits for room asks for it, when an answer may not come by itself.
    pub(super) fn ask_for_room(&mut self, pipe: u32) {
        let back = self.way_back_of(pipe);
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        let [from, to] = connection.way(writer);
        let unheard = connection.pipes[writer].has_unheard();
        let there = self.switch.lines.gate(from, to);
        let waits = self.switch.pipes[pipe as usize].writer.is_some();
        if waits && (unheard || there != Gate::Open || back != Gate::Open) {
            self.await_answer(pipe);
        }
    }

    /// A cut resets the writer of `pipe` once it has sent what does not pass.
    pub(super) fn reset_writer(&mut self, pipe: u32) {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        if connection.broken[writer].is_none() && connection.pipes[writer].resets_writer() {
            connection.gone[writer] = true;
            let [from, to] = connection.way(1 - writer);
            let after = self.switch.delay(from, to);
            self.break_later(number, writer, after, ErrorKind::ConnectionReset);
        }
    }

    /// A wait for an answer is over: what was lost is sent again.
    pub(crate) fn retry(&mut self, pipe: u32, run: u32) {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        if connection.broken[writer].is_some() {
            return;
        }
        match connection.pipes[writer].retry.pass(run) {
            Passed::Nothing => return,
            Passed::GiveUp => return self.give_up(pipe),
            Passed::Again => {}
        }
        connection.pipes[writer].resume();
        let waits = connection.pipes[writer].next().is_some();
        self.note(Event::Again { pipe });
        match waits {
            true => self.depart(pipe),
            false => self.knock(pipe),
        }
        let connection = self.switch.fabric.connection(number);
        if let Some(wait) =
            connection.and_then(|connection| connection.pipes[writer].retry.next(run))
        {
            self.timers
                .insert(self.now.saturating_add(wait), Due::Retry { pipe, run });
        }
    }

    /// What has landed is sent once more, since its answer has not come.
    fn knock(&mut self, pipe: u32) {
        let (number, writer) = ends_of(pipe);
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        let [from, to] = connection.way(writer);
        let gone = connection.gone[1 - writer];
        if self.switch.lines.gate(from, to) != Gate::Open
            || self.switch.cross([from, to], self.now, 0).is_err()
        {
            return;
        }
        match gone {
            true => self.arrive_at_nobody(number, writer),
            false if self.way_back_of(pipe) == Gate::Open => self.acknowledge(pipe),
            false => {}
        }
    }

    /// Nobody answered for too long: the writer's system forgets the
    /// connection, and answers what still comes with a reset.
    pub(super) fn give_up(&mut self, pipe: u32) {
        let (number, writer) = ends_of(pipe);
        self.note(Event::GiveUp { pipe });
        if let Some(connection) = self.switch.fabric.connection(number) {
            connection.gone[writer] = true;
        }
        self.break_end(number, writer, ErrorKind::TimedOut);
    }
}
