//! The set of tasks that can be polled, from which one can be chosen by rank.
//!
//! The members are held in the order of their indices, so that a choice depends on who is ready and
//! never on who was woken first.

use crate::kernel::emptied;
use std::mem;

const WORD: usize = 64;
/// Words counted together, so that a choice among many tasks skips most words.
const BLOCK: usize = 32;

/// A choice among tasks of which at least one in so many is ready throws darts.
const SPARSE: u64 = 3;

/// The index of nobody.
const NOBODY: u32 = u32::MAX;

pub(crate) struct ReadySet {
    words: Vec<Word>,
    blocks: Vec<u32>,
    len: u32,
    /// One more than the greatest index that was ever in.
    span: u32,
    /// Who came in last, or was removed; nobody did since it was asked whether it is
    /// [still](Self::is_still).
    latest: u32,
    /// Who was [taken](Self::take) last, and still has its bit: a task that gives way is in again before
    /// the next is taken, and then its bit never moved.
    leaving: u32,
}

impl Default for ReadySet {
    fn default() -> Self {
        Self {
            words: Vec::new(),
            blocks: Vec::new(),
            len: 0,
            span: 0,
            latest: 0,
            leaving: NOBODY,
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Word {
    bits: u64,
    /// How many they are: counting bits takes a dozen instructions, adding takes one.
    count: u32,
}

impl ReadySet {
    /// As new, with the memory of this.
    pub(crate) fn emptied(self) -> Self {
        let Self { words, blocks, .. } = self;
        Self {
            words: emptied(words),
            blocks: emptied(blocks),
            ..Self::default()
        }
    }

    #[inline]
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Whether there are, or were, more than so many places.
    #[inline]
    pub(crate) fn spans(&self, places: u32) -> bool {
        self.span > places
    }

    /// The bound of the darts that are thrown, while so many are ready that some are.
    pub(crate) fn darts(&self) -> Option<u32> {
        (!self.is_sparse()).then_some(self.span)
    }

    /// Adds `index`, unless it is there.
    #[inline(always)]
    pub(crate) fn insert(&mut self, index: u32) {
        if index == self.leaving {
            self.leaving = NOBODY;
        } else if index >= self.span {
            return self.insert_beyond(index);
        } else if !self.set(index) {
            return;
        }
        self.len += 1;
        self.latest = index;
    }

    #[cold]
    fn insert_beyond(&mut self, index: u32) {
        let (at, _) = place(index);
        self.span = index + 1;
        self.words.resize(at + 1, Word::default());
        self.blocks.resize(at / BLOCK + 1, 0);
        self.insert(index);
    }

    /// Says whether the bit was not set.
    #[inline(always)]
    fn set(&mut self, index: u32) -> bool {
        let (at, bit) = place(index);
        let word = &mut self.words[at];
        let free = word.bits & bit == 0;
        if free {
            word.bits |= bit;
            word.count += 1;
            self.blocks[at / BLOCK] += 1;
        }
        free
    }

    /// Takes `index` out. Says whether it was there.
    #[inline]
    pub(crate) fn remove(&mut self, index: u32) -> bool {
        let there = self.contains(index);
        if there {
            self.len -= 1;
            self.latest = index;
            self.clear(index);
        }
        there
    }

    /// Takes out one that is [chosen](Self::choose).
    #[inline(always)]
    pub(crate) fn take(&mut self, below: impl FnMut(u32) -> u32) -> u32 {
        self.settle();
        let chosen = self.choose(below);
        self.take_known(chosen);
        chosen
    }

    /// Takes out a member, as the one that was chosen.
    #[inline(always)]
    pub(crate) fn take_known(&mut self, index: u32) {
        self.len -= 1;
        self.leaving = index;
    }

    /// Whether nobody came in or was removed since this was asked last. Some may have been taken.
    #[inline]
    pub(crate) fn is_still(&mut self) -> bool {
        mem::replace(&mut self.latest, NOBODY) == NOBODY
    }

    /// Who was taken last, and did not come in again, loses its bit.
    #[inline(always)]
    pub(crate) fn settle(&mut self) {
        if self.leaving != NOBODY {
            self.clear(self.leaving);
            self.leaving = NOBODY;
        }
    }

    #[inline(always)]
    fn clear(&mut self, index: u32) {
        let (at, bit) = place(index);
        let word = &mut self.words[at];
        word.bits &= !bit;
        word.count -= 1;
        self.blocks[at / BLOCK] -= 1;
    }

    /// One of the members, each equally likely if each number that `below` gives is. Whoever uses this
    /// [removes](Self::remove) those that were chosen, and takes none.
    ///
    /// # Panics
    /// When there is none.
    #[inline(always)]
    pub(crate) fn choose(&self, mut below: impl FnMut(u32) -> u32) -> u32 {
        debug_assert_eq!(self.leaving, NOBODY, "a bit of one that is no member");
        if self.len == 1 {
            return self.only();
        }
        if self.is_sparse() {
            return self.select(below(self.len));
        }
        // One dart in three hits, or more, and the first to be hit is anybody.
        loop {
            let dart = below(self.span);
            if self.has_bit(dart) {
                return dart;
            }
        }
    }

    /// The one that is alone: who came in last, in most cases. Without a draw in every case, or the
    /// draws to come would depend on who came in last.
    #[inline]
    fn only(&self) -> u32 {
        match self.has_bit(self.latest) {
            true => self.latest,
            false => self.select(0),
        }
    }

    #[inline]
    pub(crate) fn contains(&self, index: u32) -> bool {
        self.has_bit(index) && index != self.leaving
    }

    #[inline(always)]
    fn has_bit(&self, index: u32) -> bool {
        let (at, bit) = place(index);
        self.words.get(at).is_some_and(|word| word.bits & bit != 0)
    }

    fn is_sparse(&self) -> bool {
        u64::from(self.len) * SPARSE <= self.span.into()
    }

    /// The member that has `rank` members below it.
    #[inline(never)]
    pub(crate) fn select(&self, mut rank: u32) -> u32 {
        let mut at = 0;
        for count in &self.blocks {
            if rank < *count {
                break;
            }
            rank -= count;
            at += BLOCK;
        }
        for Word { bits, count } in &self.words[at..] {
            if rank < *count {
                return (at * WORD) as u32 + nth_bit(*bits, rank);
            }
            rank -= count;
            at += 1;
        }
        panic!("fewer are there than a rank is looked for in")
    }
}

fn place(index: u32) -> (usize, u64) {
    (index as usize / WORD, 1 << (index as usize % WORD))
}

/// The position of the set bit with `rank` set bits below it: in the byte where the sums of bits
/// pass `rank` (Vigna, "Broadword implementation of rank/select queries", 2008).
fn nth_bit(bits: u64, rank: u32) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x80 * ONES;
    let pairs = bits - ((bits >> 1) & (0x55 * ONES));
    let nibbles = (pairs & (0x33 * ONES)) + ((pairs >> 2) & (0x33 * ONES));
    let bytes = (nibbles + (nibbles >> 4)) & (0x0f * ONES);
    let sums = bytes.wrapping_mul(ONES);
    let passed = (((u64::from(rank) * ONES) | HIGHS) - sums) & HIGHS;
    let shift = ((passed >> 7).wrapping_mul(ONES) >> 56) as u32 * 8;
    let before = (sums << 8) >> shift & 0xff;
    let mut byte = bits >> shift;
    for _ in before..u64::from(rank) {
        byte &= byte - 1;
    }
    shift + byte.trailing_zeros()
}

#[cfg(test)]
mod tests;
