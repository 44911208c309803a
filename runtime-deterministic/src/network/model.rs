//! One direction of a connection over a line, against a model of three lines: what was sent, what
//! was received, and how much may be.

use super::{
    cut::{Cut, How},
    line::{Gate, Hand, Lines, Loss},
    pipe::{Pipe, Read},
    retry::{Passed, SHORTEST},
    setting::Setting,
};
use crate::{
    FaultKind, Ratio,
    draws::{Draws, Purpose},
};
use std::collections::{BTreeMap, BTreeSet};

const THERE: [u32; 2] = [0, 1];

enum Due {
    Arrive,
    Retry(u32),
}

/// The cores, put together as the kernel does.
struct Cores {
    draws: Draws,
    pipe: Pipe,
    lines: Lines,
    now: u64,
    due: BTreeMap<(u64, u32), Due>,
    serial: u32,
    held: u32,
    /// The runs of timers that hasten, and how many of them fired and sent again.
    fast: BTreeSet<u32>,
    hastened: u32,
    // The model.
    sent: Vec<u8>,
    received: Vec<u8>,
    limit: Option<(usize, How)>,
    gave_up: bool,
}

impl Cores {
    fn new(seed: u64) -> Self {
        Self {
            draws: Draws::new(seed, Purpose::Network),
            pipe: Pipe::default(),
            lines: Lines::default(),
            now: 0,
            due: BTreeMap::new(),
            serial: 0,
            held: 0,
            fast: BTreeSet::new(),
            hastened: 0,
            sent: Vec::new(),
            received: Vec::new(),
            limit: None,
            gave_up: false,
        }
    }

    fn later(&mut self, after: u64, due: Due) {
        self.serial += 1;
        self.due.insert((self.now + after, self.serial), due);
    }

    fn send(&mut self) {
        let len = 1 + self.draws.below(3_000) as usize;
        let len = len.min(self.pipe.room());
        let bytes: Vec<u8> = (0..len).map(|_| self.draws.below(256) as u8).collect();
        if len > 0 && !self.gave_up {
            self.pipe.send(&bytes);
            self.sent.extend(bytes);
            self.depart();
        }
    }

    fn depart(&mut self) {
        loop {
            let Some(len) = self.pipe.next() else {
                return self.hasten();
            };
            let draws = &mut self.draws;
            let dice = &mut |range| draws.within(range);
            let crossed = self.lines.cross(THERE, self.now, len, dice);
            match crossed {
                Ok(delay) if !self.pipe.is_holed() => {
                    let at = self.pipe.depart(self.now + delay);
                    self.later(at - self.now, Due::Arrive);
                }
                crossed => {
                    self.pipe.stall(crossed.err().unwrap_or(Loss::Parted));
                    self.await_answer();
                    return self.hasten();
                }
            }
        }
    }

    fn hasten(&mut self) {
        if !self.pipe.tells_of_loss() || self.lines.gate(1, 0) != Gate::Open {
            return;
        }
        let draws = &mut self.draws;
        let dice = &mut |range| draws.within(range);
        let Some(round_trip) = self.lines.round_trip(THERE, self.now, dice) else {
            return;
        };
        if round_trip < SHORTEST {
            let run = self.pipe.retry.hasten();
            self.fast.insert(run);
            self.later(round_trip, Due::Retry(run));
        }
    }

    fn await_answer(&mut self) {
        if let Some((run, wait)) = self.pipe.retry.start() {
            self.later(wait, Due::Retry(run));
        }
    }

    fn arrive(&mut self) {
        if self.pipe.is_stale() {
            return;
        }
        match self.lines.gate(0, 1) {
            Gate::Open => {
                self.pipe.arrive();
                match self.lines.gate(1, 0) {
                    Gate::Open => self.acknowledge(),
                    _ => self.await_answer(),
                }
            }
            Gate::Held => {
                self.held += 1;
                self.await_answer();
            }
            Gate::Parted => {
                self.pipe.lose();
                self.await_answer();
            }
        }
    }

    fn acknowledge(&mut self) {
        self.pipe.acknowledge();
        self.hasten();
    }

    fn retry(&mut self, run: u32) {
        match self.pipe.retry.pass(run) {
            Passed::Nothing => return,
            Passed::GiveUp => return self.gave_up = true,
            Passed::Again => self.pipe.resume(),
        }
        self.hastened += u32::from(self.fast.contains(&run));
        match self.pipe.next() {
            Some(_) => self.depart(),
            None if [self.lines.gate(0, 1), self.lines.gate(1, 0)] == [Gate::Open; 2] => {
                self.acknowledge();
            }
            None => {}
        }
        if let Some(wait) = self.pipe.retry.next(run) {
            self.later(wait, Due::Retry(run));
        }
    }

    /// What is due in a while happens.
    fn pass(&mut self, nanos: u64) {
        let until = self.now.saturating_add(nanos);
        while let Some(entry) = self
            .due
            .first_entry()
            .filter(|entry| entry.key().0 <= until)
        {
            let ((at, _), due) = entry.remove_entry();
            self.now = at;
            match due {
                Due::Arrive => self.arrive(),
                Due::Retry(run) if !self.gave_up => self.retry(run),
                Due::Retry(_) => {}
            }
        }
        self.now = until.max(self.now);
    }

    fn read(&mut self) {
        let mut buf = vec![0; 1 + self.draws.below(4_000) as usize];
        if let Read::Bytes(len) = self.pipe.read(&mut buf) {
            self.received.extend(&buf[..len]);
            match self.lines.gate(1, 0) {
                Gate::Open => self.acknowledge(),
                _ => self.pipe.unheard(len),
            }
        }
    }

    fn cut(&mut self) {
        let how = [How::Fin, How::Rst, How::BlackHole][self.draws.below(3) as usize];
        let after_bytes = u64::from(self.draws.below(5_000));
        if self.limit.is_none() {
            self.limit = Some((self.sent.len() + after_bytes as usize, how));
            self.pipe.cut(Cut { after_bytes, how }, Hand::Test);
            self.depart();
        }
    }

    fn heal(&mut self) {
        self.lines.heal();
        self.lines.line(0, 1).set(Setting::Loss(Ratio::NEVER));
        self.pipe.heal();
        // A cut that has not taken place does not; a black hole is none any more.
        self.limit = self
            .limit
            .filter(|(limit, how)| *limit <= self.sent.len() && *how != How::BlackHole);
        (0..std::mem::take(&mut self.held)).for_each(|_| self.arrive());
    }

    fn change(&mut self) {
        match self.draws.below(6) {
            0 => self.lines.line(0, 1).part(Hand::Test, FaultKind::Partition),
            1 => self.lines.line(1, 0).part(Hand::Test, FaultKind::Partition),
            2 => self.lines.line(0, 1).hold(Hand::Test, true),
            3 => {
                let loss = Ratio::new(self.draws.below(90), 100);
                self.lines.line(0, 1).set(Setting::Loss(loss));
            }
            4 => {
                let bandwidth = u64::from(1 + self.draws.below(100_000));
                self.lines.line(0, 1).set(Setting::Bandwidth(bandwidth));
            }
            _ => self.heal(),
        }
    }

    fn step(&mut self) {
        match self.draws.below(16) {
            0..=5 => self.send(),
            6..=10 => self.read(),
            11..=13 => {
                let nanos = self.draws.within(0..=2_000_000_000);
                self.pass(nanos);
            }
            14 => self.change(),
            _ if self.draws.one_in(20) => self.cut(),
            _ => {}
        }
    }

    /// What was received is what was sent first, and no more than a cut lets pass.
    fn check(&self) {
        assert!(self.sent.starts_with(&self.received));
        if let Some((limit, _)) = self.limit {
            assert!(self.received.len() <= limit, "more than a cut lets pass");
        }
    }
}

#[test]
fn what_arrives_is_what_was_sent_and_all_of_it_once_healed() {
    let (mut cut, mut whole, mut gave_up, mut hastened) = (0, 0, 0, 0);
    for seed in 0..400 {
        let mut cores = Cores::new(seed);
        for _ in 0..400 {
            cores.step();
            cores.check();
        }
        cores.heal();
        for _ in 0..400 {
            cores.pass(1_000_000_000_000);
            cores.read();
            cores.check();
        }
        let limit = cores.limit.map_or(cores.sent.len(), |(limit, _)| limit);
        match cores.gave_up {
            true => gave_up += 1,
            false => assert_eq!(
                cores.received.len(),
                limit.min(cores.sent.len()),
                "seed {seed}"
            ),
        }
        hastened += cores.hastened;
        cut += usize::from(cores.limit.is_some());
        whole += usize::from(!cores.gave_up && cores.limit.is_none());
    }
    assert!(
        cut > 20 && whole > 100,
        "{cut} cut, {whole} whole, {gave_up} gave up"
    );
    assert!(
        hastened > 400,
        "{hastened} were sent again before the wait was over"
    );
}
