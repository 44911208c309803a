//! One direction between two hosts: what crosses it, and how long that takes.
//!
//! It is pure: hosts and instants are numbers, and chance is a closure that draws from a range.

use super::cut::Cut;
use crate::{FaultKind, Ratio, faults::Fired};
use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

/// One way between two hosts, in nanoseconds: a first test already has interleavings.
pub(super) const LATENCY: RangeInclusive<u64> = 100_000..=1_000_000;
/// What waits for its turn on a link of limited bandwidth at most, in bytes; a datagram that finds
/// more is lost. It is Linux's `txqueuelen` of 1,000 packets of 1,500 bytes.
const QUEUE: u64 = 1_500_000;

/// Draws a number from a range.
pub(super) type Dice<'a> = dyn FnMut(RangeInclusive<u64>) -> u64 + 'a;

/// The directions that a test has touched, by the numbers of the hosts they run from and to.
#[derive(Default)]
pub(crate) struct Lines {
    touched: BTreeMap<(u32, u32), Line>,
}

/// Whose doing it is that a direction is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hand {
    Test,
    Nemesis,
}

/// One direction.
pub(crate) struct Line {
    /// What it is when nobody sets it.
    usual: RangeInclusive<u64>,
    pub(super) latency: RangeInclusive<u64>,
    /// Some take longer, by so much.
    pub(super) tail: (Ratio, RangeInclusive<u64>),
    /// Some datagrams take longer, by so much.
    pub(super) reorder: (Ratio, RangeInclusive<u64>),
    /// Bytes a second; 0 is without limit.
    pub(super) bandwidth: u64,
    pub(super) loss: Ratio,
    pub(super) duplicate: Ratio,
    /// Nothing crosses, by which faults: of the test, and of the nemesis, which may part twice.
    parted: [Option<FaultKind>; 3],
    /// What arrives waits, by whose.
    held: [bool; 2],
    /// How each connection is to end.
    pub(super) cut: Option<Cut>,
    /// When the last byte of what was sent so far is on the wire.
    busy_until: u64,
    fired: Fired,
}

/// What becomes of what arrives at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    Held,
    Parted,
}

/// Why something does not cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// A partition, or a black hole.
    Parted,
    Chance,
    /// The queue of the link is full.
    Full,
}

impl Lines {
    /// Whether a test has touched nothing.
    pub(super) fn are_untouched(&self) -> bool {
        self.touched.is_empty()
    }

    /// How long `len` bytes of a stream take that leave at `now`, or why they get lost.
    pub(super) fn cross(
        &mut self,
        [from, to]: [u32; 2],
        now: u64,
        len: usize,
        dice: &mut Dice<'_>,
    ) -> Result<u64, Loss> {
        match self.touched.get_mut(&(from, to)) {
            Some(line) => line.cross(now, len, dice),
            None => Ok(usual_delay(from, to, dice)),
        }
    }

    /// How long something takes there, and the answer back, unless it gets lost or waits on its way.
    /// It is no segment of its own, so no fault counts as having struck it.
    pub(super) fn round_trip(
        &self,
        [from, to]: [u32; 2],
        now: u64,
        dice: &mut Dice<'_>,
    ) -> Option<u64> {
        let there = match self.touched.get(&(from, to)) {
            Some(line) => line.probe(now, dice)?,
            None => usual_delay(from, to, dice),
        };
        let back = match self.touched.get(&(to, from)) {
            Some(line) => line.draw_delay(dice).0,
            None => usual_delay(to, from, dice),
        };
        Some(there.saturating_add(back))
    }

    /// How long something without a payload takes that does not get lost.
    pub(super) fn delay(&mut self, from: u32, to: u32, dice: &mut Dice<'_>) -> u64 {
        match self.touched.get_mut(&(from, to)) {
            Some(line) => line.delay(dice),
            None => usual_delay(from, to, dice),
        }
    }

    /// What becomes of what arrives now.
    pub(super) fn gate(&self, from: u32, to: u32) -> Gate {
        match self.touched.get(&(from, to)) {
            Some(line) => line.gate(),
            None => Gate::Open,
        }
    }

    /// Something arrives, and does not get through.
    pub(super) fn block(&mut self, from: u32, to: u32) {
        if let Some(line) = self.touched.get_mut(&(from, to)) {
            line.block();
        }
    }

    /// How often each kind of fault has struck.
    pub(super) fn fired(&self) -> Fired {
        let mut all = Fired::default();
        for line in self.touched.values() {
            all.add_all(&line.fired);
        }
        all
    }

    /// The direction, if it was touched.
    pub(super) fn get(&mut self, from: u32, to: u32) -> Option<&mut Line> {
        self.touched.get_mut(&(from, to))
    }

    /// The direction, to change it.
    pub(super) fn line(&mut self, from: u32, to: u32) -> &mut Line {
        let new = || Line::new(if from == to { 0..=0 } else { LATENCY });
        self.touched.entry((from, to)).or_insert_with(new)
    }

    /// Ends partitions and holds, and cuts no further connection.
    pub(super) fn heal(&mut self) {
        for line in self.touched.values_mut() {
            (line.parted, line.held, line.cut) = ([None; 3], [false; 2], None);
        }
    }
}

impl Line {
    fn new(latency: RangeInclusive<u64>) -> Self {
        Self {
            usual: latency.clone(),
            latency,
            tail: (Ratio::NEVER, 0..=0),
            reorder: (Ratio::NEVER, 0..=0),
            bandwidth: 0,
            loss: Ratio::NEVER,
            duplicate: Ratio::NEVER,
            parted: [None; 3],
            held: [false; 2],
            cut: None,
            busy_until: 0,
            fired: Fired::default(),
        }
    }

    /// From now on nothing crosses.
    pub(super) fn part(&mut self, hand: Hand, kind: FaultKind) {
        self.parted[slot(hand, kind)] = Some(kind);
    }

    /// As far as it is of this hand's doing, and of this kind, what is sent crosses again.
    pub(super) fn join(&mut self, hand: Hand, kind: FaultKind) {
        self.parted[slot(hand, kind)] = None;
    }

    pub(super) fn hold(&mut self, hand: Hand, held: bool) {
        self.held[hand as usize] = held;
    }

    fn gate(&self) -> Gate {
        match self.parted == [None; 3] {
            false => Gate::Parted,
            true if self.held.contains(&true) => Gate::Held,
            true => Gate::Open,
        }
    }

    fn block(&mut self) {
        let kind = match self.gate() {
            Gate::Open => return,
            Gate::Held => Some(FaultKind::Hold),
            Gate::Parted => self.parted.into_iter().flatten().next(),
        };
        kind.into_iter().for_each(|kind| self.fired.add(kind));
    }

    /// How long a segment takes that leaves at `now`, or why it gets lost.
    pub(super) fn cross(&mut self, now: u64, len: usize, dice: &mut Dice<'_>) -> Result<u64, Loss> {
        if self.gate() == Gate::Parted {
            self.block();
            return Err(Loss::Parted);
        }
        let queue = self.occupy(now, len);
        if hits(self.loss, dice) {
            self.fired.add(FaultKind::Loss);
            return Err(Loss::Chance);
        }
        Ok(queue.saturating_add(self.delay(dice)))
    }

    /// The same for a datagram, and for its copy if it has one. It finds the queue full where a
    /// stream would slow down.
    pub(super) fn cross_datagram(
        &mut self,
        now: u64,
        len: usize,
        dice: &mut Dice<'_>,
    ) -> Result<(u64, Option<u64>), Loss> {
        let waits = u128::from(self.busy_until.saturating_sub(now)) * u128::from(self.bandwidth);
        if waits / 1_000_000_000 > QUEUE.into() {
            self.fired.add(FaultKind::Bandwidth);
            return Err(Loss::Full);
        }
        let delay = self.cross(now, len, dice)?;
        let copy = hits(self.duplicate, dice).then(|| {
            self.fired.add(FaultKind::Duplicate);
            self.delay(dice)
        });
        let (share, by) = self.reorder.clone();
        let longer = longer(share, by, dice);
        if longer > 0 {
            self.fired.add(FaultKind::Reorder);
        }
        Ok((delay.saturating_add(longer), copy))
    }

    fn delay(&mut self, dice: &mut Dice<'_>) -> u64 {
        let (delay, unusual) = self.draw_delay(dice);
        if unusual {
            self.fired.add(FaultKind::Latency);
        }
        delay
    }

    /// How long something takes, and whether that is a fault's doing.
    fn draw_delay(&self, dice: &mut Dice<'_>) -> (u64, bool) {
        let (share, by) = self.tail.clone();
        let delay = draw(self.latency.clone(), dice);
        let longer = longer(share, by, dice);
        let unusual = longer > 0 || self.latency != self.usual;
        (delay.saturating_add(longer), unusual)
    }

    /// How long something takes that leaves at `now` and occupies nothing, if it gets through.
    fn probe(&self, now: u64, dice: &mut Dice<'_>) -> Option<u64> {
        if self.gate() != Gate::Open || hits(self.loss, dice) {
            return None;
        }
        let queue = match self.bandwidth {
            0 => 0,
            _ => self.busy_until.saturating_sub(now),
        };
        Some(queue.saturating_add(self.draw_delay(dice).0))
    }

    /// Takes the wire for `len` bytes. Returns when the last of them is on it, counted from `now`.
    fn occupy(&mut self, now: u64, len: usize) -> u64 {
        if self.bandwidth == 0 {
            return 0;
        }
        let nanos = len as u128 * 1_000_000_000 / u128::from(self.bandwidth);
        let nanos = u64::try_from(nanos).unwrap_or(u64::MAX);
        if nanos > 0 {
            self.fired.add(FaultKind::Bandwidth);
        }
        self.busy_until = self.busy_until.max(now).saturating_add(nanos);
        self.busy_until - now
    }
}

/// How long something takes on a direction that nobody touched.
fn usual_delay(from: u32, to: u32, dice: &mut Dice<'_>) -> u64 {
    match from == to {
        true => 0,
        false => dice(LATENCY),
    }
}

/// The test heals all that it parted at once.
fn slot(hand: Hand, kind: FaultKind) -> usize {
    match (hand, kind) {
        (Hand::Test, _) => 0,
        (Hand::Nemesis, FaultKind::OneWay) => 1,
        (Hand::Nemesis, _) => 2,
    }
}

/// Whether it happens this time. What is certain draws nothing.
fn hits(ratio: Ratio, dice: &mut Dice<'_>) -> bool {
    match ratio.times {
        0 => false,
        times if times == ratio.of => true,
        times => dice(0..=u64::from(ratio.of) - 1) < times.into(),
    }
}

fn longer(share: Ratio, by: RangeInclusive<u64>, dice: &mut Dice<'_>) -> u64 {
    match hits(share, dice) {
        true => draw(by, dice),
        false => 0,
    }
}

fn draw(range: RangeInclusive<u64>, dice: &mut Dice<'_>) -> u64 {
    match range.start() == range.end() {
        true => *range.start(),
        false => dice(range),
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parted => "nothing crosses",
            Self::Chance => "by chance",
            Self::Full => "the link's queue is full",
        })
    }
}

#[cfg(test)]
mod tests;
