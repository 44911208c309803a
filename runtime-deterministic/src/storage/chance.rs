//! What is drawn of a disk's damage.
//!
//! Its draws are a stream of their own, made when the first is needed: a disk that works draws none.

use super::{
    faults::{DiskFaults, DiskOp, range},
    file::{Dice, Fate},
};
use crate::{
    Ratio,
    draws::{Draws, Purpose},
};
use std::collections::{BTreeMap, BTreeSet};

/// One read in so many of a page that is not on the disk finds it evicted.
const EVICTED: Ratio = Ratio::new(1, 4);

/// What goes wrong with one disk.
pub(crate) struct Faults {
    /// Whose draws.
    stream: (u64, Purpose),
    /// Whether the test ever asked for anything: a disk that works is asked this alone.
    armed: bool,
    draws: Option<Box<Draws>>,
    /// By the test, and by the nemesis.
    set: [Option<Box<DiskFaults>>; 2],
    /// How many of the next calls fail.
    next: BTreeMap<DiskOp, u32>,
    /// The instant at which the disk answers again.
    stalls_until: u64,
}

/// What becomes of a page that the disk does not take.
pub(crate) enum Loss {
    Nowhere(u64),
    Misdirected(u64),
}

impl Faults {
    pub(crate) fn new(seed: u64, host: u32) -> Self {
        Self {
            stream: (seed, Purpose::Damage(host)),
            armed: false,
            draws: None,
            set: [None, None],
            next: BTreeMap::new(),
            stalls_until: 0,
        }
    }

    pub(crate) fn set(&mut self, faults: DiskFaults) {
        self.armed = true;
        self.set[0] = Some(Box::new(faults));
    }

    /// What goes wrong beside that, by the run's own faults.
    pub(crate) fn troubles(&mut self) -> &mut DiskFaults {
        self.armed = true;
        self.set[1].get_or_insert_default()
    }

    /// The disk answers again.
    pub(crate) fn end_stall(&mut self) {
        self.stalls_until = 0;
    }

    pub(crate) fn fail_next(&mut self, op: DiskOp) {
        self.armed = true;
        *self.next.entry(op).or_default() += 1;
    }

    #[inline]
    pub(crate) fn is_armed(&self) -> bool {
        self.armed
    }

    pub(crate) fn draws(&mut self) -> &mut Draws {
        let (seed, purpose) = self.stream;
        self.draws
            .get_or_insert_with(|| Box::new(Draws::new(seed, purpose)))
    }

    fn happens(&mut self, how_often: impl Fn(&DiskFaults) -> Ratio) -> bool {
        self.happens_by(how_often).is_some()
    }

    /// By whose setting it happens, if it does.
    fn happens_by(&mut self, how_often: impl Fn(&DiskFaults) -> Ratio) -> Option<&DiskFaults> {
        let by = (0..self.set.len()).find(|by| {
            let ratio = self.set[*by].as_deref().map_or(Ratio::NEVER, &how_often);
            ratio != Ratio::NEVER && self.draws().happens(ratio)
        })?;
        self.set[by].as_deref()
    }

    fn sets(&self) -> impl Iterator<Item = &DiskFaults> {
        self.set.iter().flatten().map(|set| &**set)
    }

    /// Whether the call that is being made is to fail.
    pub(crate) fn strike(&mut self, op: DiskOp) -> bool {
        if let Some(left) = self.next.get_mut(&op).filter(|left| **left > 0) {
            *left -= 1;
            return true;
        }
        self.happens(|set| set.errors.get(&op).copied().unwrap_or_default())
    }

    /// How long a call takes, when that is set.
    pub(crate) fn latency(&mut self, op: DiskOp) -> Option<u64> {
        let nanos = range(self.sets().find_map(|set| set.latency.get(&op))?);
        Some(self.draws().within(nanos))
    }

    /// How long a stall is that begins now.
    pub(crate) fn stall(&mut self, now: u64) -> Option<u64> {
        let nanos = range(&self.happens_by(|set| set.stalls)?.stall);
        let stall = self.draws().within(nanos);
        self.stalls_until = self.stalls_until.max(now + stall);
        Some(stall)
    }

    /// How long the disk does not answer.
    pub(crate) fn stalled(&self, now: u64) -> u64 {
        self.stalls_until.saturating_sub(now)
    }

    pub(crate) fn capacity(&self) -> Option<u64> {
        self.sets().filter_map(|set| set.capacity).min()
    }

    /// How many of the pages of a write that fails are written: not all.
    pub(crate) fn written(&mut self, pages: u64) -> u64 {
        self.draws().within(0..=pages.saturating_sub(1))
    }

    pub(crate) fn evicts(&mut self) -> bool {
        self.draws().happens(EVICTED)
    }

    /// The bit that has turned among so many bytes that are read: which byte, and which of its bits.
    pub(crate) fn rot(&mut self, bytes: usize) -> Option<(u64, u32)> {
        if bytes == 0 || !self.happens(|set| set.bit_rot) {
            return None;
        }
        let draws = self.draws();
        Some((draws.within(0..=bytes as u64 - 1), draws.below(8)))
    }

    /// Whether any write may be lost without a word.
    pub(crate) fn loses(&self) -> bool {
        self.sets()
            .any(|set| set.lost_writes != Ratio::NEVER || set.misdirected_writes != Ratio::NEVER)
    }

    /// What a sync that is `Ok` loses of the pages that it writes.
    pub(crate) fn losses(&mut self, pages: &BTreeSet<u64>) -> Vec<Loss> {
        let mut losses = Vec::new();
        for page in pages {
            if self.happens(|set| set.lost_writes) {
                losses.push(Loss::Nowhere(*page));
            } else if self.happens(|set| set.misdirected_writes) {
                losses.push(Loss::Misdirected(*page));
            }
        }
        losses
    }

    /// What a sync that fails loses of the pages that it was to write: one or more, each as likely
    /// as not.
    pub(crate) fn failure(&mut self, pages: &BTreeSet<u64>) -> BTreeSet<u64> {
        let draws = self.draws();
        let mut lost: BTreeSet<_> = pages.iter().copied().filter(|_| draws.one_in(2)).collect();
        if lost.is_empty() && !pages.is_empty() {
            lost.extend(pages.iter().nth(draws.below(pages.len() as u32) as usize));
        }
        lost
    }
}

/// What a crash leaves: three writes in eight are lost, two survive, two are torn, one leaves zeros.
pub(crate) struct Chance<'a>(pub(crate) &'a mut Draws);

impl Dice for Chance<'_> {
    fn fate(&mut self) -> Fate {
        match self.0.below(8) {
            0..3 => Fate::Lost,
            3..5 => Fate::Kept,
            5..7 => Fate::Torn,
            _ => Fate::Hollow,
        }
    }

    fn keeps_sector(&mut self) -> bool {
        self.0.one_in(2)
    }
}
