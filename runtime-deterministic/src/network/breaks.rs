//! Connections that end other than by closing: resets, crashes, silence.

use super::{
    fabric::Connection,
    line::{Gate, Loss},
    pipe_of,
    retry::GIVE_UP,
    rules::Held,
};
use crate::{
    event::Event,
    kernel::{Due, Kernel},
};
use std::{io::ErrorKind, mem};

impl Kernel {
    /// A machine that restarted answers with a reset; one that is silent does not answer, and is
    /// given up after TCP's own time-out.
    pub(super) fn arrive_at_nobody(&mut self, number: u32, writer: usize) {
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
            false => {
                let back = self.switch.delay(hosts[1 - writer], hosts[writer]);
                (back, ErrorKind::ConnectionReset)
            }
        };
        self.break_later(number, writer, after, kind);
    }

    /// An end is to fail: it is reset from the other, or has waited for too long.
    pub(super) fn break_later(&mut self, connection: u32, end: usize, after: u64, kind: ErrorKind) {
        if kind == ErrorKind::ConnectionReset && self.gate_to(connection, end) == Gate::Parted {
            return self.lose_reset(connection, end);
        }
        match after {
            0 => self.break_arrives(connection, end, kind),
            _ => {
                self.timers.insert(
                    self.now + after,
                    Due::Break {
                        connection,
                        end: u8::from(end == 1),
                        kind,
                    },
                );
            }
        }
    }

    /// What is to break an end is there, if it comes through.
    pub(crate) fn break_arrives(&mut self, connection: u32, end: usize, kind: ErrorKind) {
        let gate = match kind {
            ErrorKind::ConnectionReset => self.gate_to(connection, end),
            _ => Gate::Open,
        };
        match gate {
            Gate::Open => self.break_end(connection, end, kind),
            Gate::Held => {
                if let Some(found) = self.switch.fabric.connection(connection) {
                    let way = found.way(1 - end);
                    self.hold(way, Held::Reset { connection, end });
                }
            }
            Gate::Parted => self.lose_reset(connection, end),
        }
    }

    /// What becomes of what arrives at an end now.
    fn gate_to(&mut self, number: u32, end: usize) -> Gate {
        if self.switch.lines.are_untouched() {
            return Gate::Open;
        }
        match self.switch.fabric.connection(number) {
            Some(connection) => {
                let [from, to] = connection.way(1 - end);
                self.switch.lines.gate(from, to)
            }
            None => Gate::Open,
        }
    }

    /// A reset of `end` is lost. The end hears of it when it sends what nobody knows of.
    fn lose_reset(&mut self, number: u32, end: usize) {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        connection.gone[1 - end] = true;
        let answers = mem::replace(&mut connection.unanswered[end], false);
        let [from, to] = connection.way(1 - end);
        self.switch.lines.block(from, to);
        let (pipe, loss) = (pipe_of(number, 1 - end), Loss::Parted);
        self.note(Event::Lost { pipe, loss });
        if answers {
            self.await_answer(pipe_of(number, end));
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
        let after = self.switch.delay(hosts[end], hosts[1 - end]);
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
        connection.pipes[1 - end].discard();
        self.break_behind(number, end, kind);
    }

    /// End `end` fails once it has read what arrived.
    pub(super) fn break_behind(&mut self, number: u32, end: usize, kind: ErrorKind) {
        if let Some(connection) = self.switch.fabric.connection(number) {
            connection.broken[end] = Some(kind);
            self.note(Event::Reset {
                pipe: pipe_of(number, end),
            });
            self.tell_end(number, end);
        }
    }

    /// Some of an end's halves are dropped.
    pub(crate) fn release(&mut self, number: u32, end: usize, halves: u8) {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        connection.halves[end] -= halves;
        if connection.resets(end) {
            self.reset(number, end);
        }
        self.switch.fabric.forget_unused(number);
    }

    /// A host's life ends: its ports are free, its connections break.
    pub(crate) fn drop_connections(&mut self, host: u32) {
        let silent = self.hosts[host as usize].silent;
        for listener in self.switch.fabric.listeners_of(host) {
            if silent {
                for number in self.close_listener(listener) {
                    self.go_dark(number, 1);
                }
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

    /// An end is gone without a word. A peer that waits for room asks for it in vain.
    fn go_dark(&mut self, number: u32, end: usize) {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        connection.gone[end] = true;
        if connection.pipes[1 - end].room() == 0 {
            self.arrive_at_nobody(number, 1 - end);
        }
        self.start_probes(number);
        self.tell_end(number, end);
    }

    /// Whoever waits at an end looks again.
    fn tell_end(&mut self, number: u32, end: usize) {
        self.tell_reader(pipe_of(number, 1 - end));
        self.tell_writer(pipe_of(number, end));
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
                let after = self.switch.delay(hosts[end], hosts[1 - end]);
                self.break_later(number, 1 - end, after, ErrorKind::ConnectionReset);
            }
        }
    }
}
