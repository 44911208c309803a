//! Partitions, holds and cuts: how they begin, and what happens when they end.

use super::{
    Hand, Packet, Setting, Switch,
    cut::{Cut, How},
    ends_of,
    line::Gate,
    pipe_of,
};
use crate::{
    FaultKind,
    event::Event,
    kernel::{Kernel, Waiter},
};
use std::io::ErrorKind;

/// What waits at the end of a link that is held.
pub(crate) enum Held {
    /// The next segment of a pipe.
    Segment(u32),
    /// What its writer is to hear of a pipe.
    Answer(u32),
    /// What resets the end of a connection.
    Reset {
        connection: u32,
        end: usize,
    },
    Packet(Box<Packet>),
    /// A dialler waits for its segment, or for the answer to it.
    Dial(Waiter),
}

impl Held {
    pub(super) fn waiter(self) -> Option<Waiter> {
        match self {
            Self::Dial(waiter) => Some(waiter),
            _ => None,
        }
    }
}

impl Kernel {
    /// Sets a property of a link, and returns what it was.
    pub(crate) fn set_way(&mut self, [from, to]: [u32; 2], setting: Setting) -> Setting {
        let set = setting.clone();
        self.note(Event::SetLink {
            from,
            to,
            setting: set,
        });
        self.switch.lines.line(from, to).set(setting)
    }

    /// From now on nothing crosses.
    pub(crate) fn part_way(&mut self, [from, to]: [u32; 2], hand: Hand, kind: FaultKind) {
        self.note(Event::Part { from, to });
        self.switch.lines.line(from, to).part(hand, kind);
        // What is held there goes with whatever is released next, and is lost then.
        self.loosen([from, to]);
        self.disturb([from, to]);
    }

    /// Ends what the nemesis parted by a fault of this kind.
    pub(crate) fn join_way(&mut self, [from, to]: [u32; 2], kind: FaultKind) {
        self.note(Event::Join { from, to });
        self.switch.lines.line(from, to).join(Hand::Nemesis, kind);
    }

    /// From now on what arrives waits.
    pub(crate) fn hold_way(&mut self, [from, to]: [u32; 2], hand: Hand) {
        self.note(Event::Hold { from, to });
        self.switch.lines.line(from, to).hold(hand, true);
        self.disturb([from, to]);
    }

    /// Writers that wait for room ask for it, and may find that nobody answers; so may probes.
    fn disturb(&mut self, way: [u32; 2]) {
        let ends = self.switch.fabric.connections_of(way[0]);
        for (number, end) in ends {
            self.start_probes(number);
            for pipe in [pipe_of(number, end), pipe_of(number, 1 - end)] {
                if self.switch.pipes[pipe as usize].writer.is_some() {
                    self.ask_for_room(pipe);
                }
            }
        }
    }

    /// Something waits until the link is released.
    pub(super) fn hold(&mut self, way: [u32; 2], held: Held) {
        let [from, to] = way;
        self.switch.lines.block(from, to);
        self.note(Event::Held { from, to });
        let holds = self.switch.holds.get_or_insert_default();
        holds.add(way, held);
    }

    /// What waited arrives, in the order in which it would have arrived.
    pub(crate) fn release_way(&mut self, [from, to]: [u32; 2], hand: Hand) {
        self.note(Event::Release { from, to });
        if let Some(line) = self.switch.lines.get(from, to) {
            line.hold(hand, false);
        }
        self.loosen([from, to]);
        self.let_go();
    }

    /// Ends all partitions, holds and cuts.
    pub(crate) fn heal(&mut self) {
        self.note(Event::Heal {});
        self.switch.lines.heal();
        self.switch.fabric.heal();
        if let Some(holds) = &mut self.switch.holds {
            holds.loosen_all();
        }
        self.let_go();
    }

    /// What waits at a way may go with what is let go next.
    fn loosen(&mut self, way: [u32; 2]) {
        if let Some(holds) = &mut self.switch.holds {
            holds.loosen(way);
        }
    }

    fn let_go(&mut self) {
        let Switch { holds, lines, .. } = &mut self.switch;
        let Some(holds) = holds else {
            return;
        };
        let is_held = |[from, to]: [u32; 2]| lines.gate(from, to) == Gate::Held;
        for item in holds.take(is_held) {
            match item {
                Held::Segment(pipe) => self.arrive(pipe),
                Held::Answer(pipe) => self.answer(pipe),
                Held::Reset { connection, end } => {
                    self.break_arrives(connection, end, ErrorKind::ConnectionReset);
                }
                Held::Packet(packet) => self.deliver(*packet),
                Held::Dial(waiter) => self.tell(waiter),
            }
        }
    }

    /// Cuts each connection, those that there are and those to come.
    pub(crate) fn cut_way(&mut self, way: [u32; 2], cut: Cut) {
        self.cut_those_there(way, cut, Hand::Test);
        self.switch.lines.line(way[0], way[1]).cut = Some(cut);
    }

    /// Cuts each connection that there is. Returns the pipes that are to be cut, or are.
    pub(crate) fn cut_those_there(
        &mut self,
        [from, to]: [u32; 2],
        cut: Cut,
        hand: Hand,
    ) -> Vec<u32> {
        self.note(Event::CutEach { from, to, cut });
        self.switch.lines.line(from, to);
        let ends = self.switch.fabric.connections_of(from).into_iter();
        let cut = ends.filter(|(number, end)| self.cut_one(*number, *end, to, cut, hand));
        cut.map(|(number, end)| pipe_of(number, end)).collect()
    }

    /// Lets pass what black holes of the nemesis swallow.
    pub(crate) fn fill_holes(&mut self, pipes: &[u32]) {
        for pipe in pipes {
            let (number, end) = ends_of(*pipe);
            if let Some(connection) = self.switch.fabric.connection(number)
                && connection.pipes[end].is_cut_by(Hand::Nemesis)
            {
                connection.pipes[end].heal();
                self.note(Event::Fill { pipe: *pipe });
            }
        }
    }

    /// A new connection is cut as the links that it runs over say.
    pub(super) fn cut_new(&mut self, number: u32) {
        let Some(hosts) = self
            .switch
            .fabric
            .connection(number)
            .map(|found| found.hosts)
        else {
            return;
        };
        for end in 0..2 {
            let (from, to) = (hosts[end], hosts[1 - end]);
            if let Some(cut) = self.switch.lines.get(from, to).and_then(|line| line.cut) {
                self.cut_one(number, end, to, cut, Hand::Test);
            }
        }
    }

    /// Says whether the connection is one that this hand cuts.
    fn cut_one(&mut self, number: u32, end: usize, to: u32, cut: Cut, hand: Hand) -> bool {
        let Some(connection) = self.switch.fabric.connection(number) else {
            return false;
        };
        let lives = connection.broken[end].is_none() && !connection.gone[end];
        if !lives || connection.hosts[1 - end] != to {
            return false;
        }
        let replaced = hand == Hand::Test && connection.pipes[end].is_cut_by(Hand::Nemesis);
        let taken = connection.pipes[end].cut(cut, hand);
        if replaced && taken.is_some() {
            let pipe = pipe_of(number, end);
            self.note(Event::Fill { pipe });
        }
        if taken == Some(true) {
            self.cut_now(pipe_of(number, end), cut.how);
        }
        taken.is_some()
    }

    /// A cut takes place: what it puts in the place of the next byte leaves.
    pub(super) fn cut_now(&mut self, pipe: u32, how: How) {
        self.fired.add(FaultKind::Cut);
        self.note(Event::Cut { pipe, how });
        self.depart(pipe);
        self.start_probes(ends_of(pipe).0);
    }
}
