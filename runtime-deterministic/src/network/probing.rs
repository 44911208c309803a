//! Idle connections that are probed, where their dialler asked for it.
//!
//! Nothing here is reached in a run in which every link is open and no host falls silent.

use super::{line::Gate, pipe_of};
use crate::{
    event::Event,
    kernel::{Due, Kernel},
};

/// What a probe finds.
enum Found {
    Answer,
    Nobody,
    /// A machine that knows nothing of the connection.
    Stranger,
}

impl Kernel {
    /// A probe of the connection may find no answer from now on.
    pub(super) fn start_probes(&mut self, number: u32) {
        let now = self.now;
        let connection = self.switch.fabric.connection(number);
        let probes = connection.and_then(|connection| connection.keepalive.as_mut());
        if let Some(at) = probes.and_then(|probes| probes.start(now)) {
            self.timers.insert(at, Due::Probe { connection: number });
        }
    }

    /// It is time to probe a connection, if nothing arrived meanwhile.
    pub(crate) fn probe(&mut self, number: u32) {
        let now = self.now;
        let Some(connection) = self.switch.fabric.connection(number) else {
            return;
        };
        let resends = connection.pipes[0].retry.runs();
        let (broken, held) = (connection.broken[0].is_some(), connection.halves[0] > 0);
        let Some(probes) = connection.keepalive.as_mut() else {
            return;
        };
        if broken || !held {
            return probes.stop();
        }
        if resends {
            // What is sent and unanswered is its own probe.
            probes.hear(now);
        }
        let again = match probes.waits_until(now) {
            Some(at) => Some(at),
            None if probes.gives_up() => return self.give_up(pipe_of(number, 0)),
            None => match self.find(number) {
                Found::Nobody => {
                    self.note(Event::Probe { connection: number });
                    let connection = self.switch.fabric.connection(number);
                    let probes = connection.and_then(|connection| connection.keepalive.as_mut());
                    probes.map(|probes| probes.unanswered(now))
                }
                found => {
                    self.stop_probes(number);
                    if matches!(found, Found::Stranger) {
                        self.arrive_at_nobody(number, 0);
                    }
                    None
                }
            },
        };
        if let Some(at) = again {
            self.timers.insert(at, Due::Probe { connection: number });
        }
    }

    fn stop_probes(&mut self, number: u32) {
        let connection = self.switch.fabric.connection(number);
        if let Some(probes) = connection.and_then(|connection| connection.keepalive.as_mut()) {
            probes.stop();
        }
    }

    fn find(&mut self, number: u32) -> Found {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return Found::Nobody;
        };
        let [from, to] = connection.hosts;
        let holed = connection.pipes.iter().any(|pipe| pipe.is_holed());
        let gone = connection.gone[1];
        let lines = &self.switch.lines;
        let open = |from, to| lines.gate(from, to) == Gate::Open;
        let silent = self.hosts[to as usize].silent;
        if silent || holed || !open(from, to) {
            return Found::Nobody;
        }
        match (open(to, from), gone) {
            (false, _) => Found::Nobody,
            (true, true) => Found::Stranger,
            (true, false) => Found::Answer,
        }
    }
}
