//! The set of tasks that can be polled, from which one can be chosen by rank.
//!
//! The members are held in the order of their indices, so that a choice depends on who is ready and
//! never on who was woken first.

const WORD: usize = 64;
/// Words counted together, so that a choice among many tasks skips most words.
const BLOCK: usize = 64;

/// A choice among tasks of which at least one in so many is ready throws darts.
const SPARSE: u64 = 3;

#[derive(Default)]
pub(crate) struct ReadySet {
    words: Vec<Word>,
    blocks: Vec<u32>,
    len: u32,
    /// One more than the greatest index that was ever in.
    span: u32,
    /// Who came in last.
    latest: u32,
}

#[derive(Clone, Copy, Default)]
struct Word {
    bits: u64,
    /// How many they are: counting bits takes a dozen instructions, adding takes one.
    count: u32,
}

impl ReadySet {
    #[inline]
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Adds `index`, unless it is there.
    #[inline(always)]
    pub(crate) fn insert(&mut self, index: u32) {
        if index >= self.span {
            self.widen(index);
        }
        let (at, bit) = place(index);
        let word = &mut self.words[at];
        if word.bits & bit == 0 {
            word.bits |= bit;
            word.count += 1;
            self.blocks[at / BLOCK] += 1;
            self.len += 1;
            self.latest = index;
        }
    }

    #[cold]
    fn widen(&mut self, index: u32) {
        let (at, _) = place(index);
        self.span = index + 1;
        self.words.resize(at + 1, Word::default());
        self.blocks.resize(at / BLOCK + 1, 0);
    }

    /// Takes `index` out. Says whether it was there.
    #[inline]
    pub(crate) fn remove(&mut self, index: u32) -> bool {
        let (at, bit) = place(index);
        let word = self.words.get_mut(at).filter(|word| word.bits & bit != 0);
        let there = word.is_some();
        if let Some(word) = word {
            word.bits &= !bit;
            word.count -= 1;
            self.blocks[at / BLOCK] -= 1;
            self.len -= 1;
        }
        there
    }

    /// Takes out one that is [chosen](Self::choose).
    #[inline]
    pub(crate) fn take(&mut self, below: impl FnMut(u32) -> u32) -> u32 {
        let chosen = self.choose(below);
        self.remove(chosen);
        chosen
    }

    /// One of the members, each equally likely if each number that `below` gives is.
    ///
    /// # Panics
    /// When there is none.
    #[inline]
    pub(crate) fn choose(&self, mut below: impl FnMut(u32) -> u32) -> u32 {
        if self.len == 1 {
            return self.only();
        }
        if self.is_sparse() {
            return self.select(below(self.len));
        }
        // One dart in three hits, or more, and the first to be hit is anybody.
        loop {
            let dart = below(self.span);
            if self.contains(dart) {
                return dart;
            }
        }
    }

    /// The one that is alone: who came in last, in most cases. Without a draw in every case, or the
    /// draws to come would depend on who came in last.
    #[inline]
    fn only(&self) -> u32 {
        match self.contains(self.latest) {
            true => self.latest,
            false => self.select(0),
        }
    }

    #[inline]
    pub(crate) fn contains(&self, index: u32) -> bool {
        let (at, bit) = place(index);
        self.words.get(at).is_some_and(|word| word.bits & bit != 0)
    }

    fn is_sparse(&self) -> bool {
        u64::from(self.len) * SPARSE <= self.span.into()
    }

    /// The member that has `rank` members below it.
    fn select(&self, mut rank: u32) -> u32 {
        let mut block = 0;
        while rank >= self.blocks[block] {
            rank -= self.blocks[block];
            block += 1;
        }
        let mut word = block * BLOCK;
        while rank >= self.words[word].count {
            rank -= self.words[word].count;
            word += 1;
        }
        (word * WORD) as u32 + nth_bit(self.words[word].bits, rank)
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
