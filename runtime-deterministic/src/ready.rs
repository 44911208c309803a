//! The set of tasks that can be polled, from which one can be chosen by rank.
//!
//! The members are held in the order of their indices, so that a choice depends on who is ready and
//! never on who was woken first.

const WORD: usize = 64;
/// Words counted together, so that a choice among many tasks skips most words.
const BLOCK: usize = 64;

#[derive(Default)]
pub(crate) struct ReadySet {
    words: Vec<u64>,
    /// How many are in each word: counting bits takes a dozen instructions, adding takes one.
    counts: Vec<u8>,
    blocks: Vec<u32>,
    len: u32,
}

impl ReadySet {
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Adds `index`, unless it is there.
    pub(crate) fn insert(&mut self, index: u32) {
        let (word, bit) = place(index);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
            self.counts.resize(word + 1, 0);
            self.blocks.resize(word / BLOCK + 1, 0);
        }
        if self.words[word] & bit == 0 {
            self.words[word] |= bit;
            self.counts[word] += 1;
            self.blocks[word / BLOCK] += 1;
            self.len += 1;
        }
    }

    /// Takes `index` out. Says whether it was there.
    pub(crate) fn remove(&mut self, index: u32) -> bool {
        let (word, bit) = place(index);
        let there = self.words.get(word).is_some_and(|bits| bits & bit != 0);
        if there {
            self.words[word] &= !bit;
            self.counts[word] -= 1;
            self.blocks[word / BLOCK] -= 1;
            self.len -= 1;
        }
        there
    }

    /// The member that has `rank` members below it.
    ///
    /// # Panics
    /// When `rank` is not below [`len`](Self::len).
    pub(crate) fn select(&self, rank: u32) -> u32 {
        let (mut block, mut rank) = (0, rank);
        while rank >= self.blocks[block] {
            rank -= self.blocks[block];
            block += 1;
        }
        let mut word = block * BLOCK;
        while rank >= u32::from(self.counts[word]) {
            rank -= u32::from(self.counts[word]);
            word += 1;
        }
        (word * WORD) as u32 + nth_bit(self.words[word], rank)
    }
}

fn place(index: u32) -> (usize, u64) {
    (index as usize / WORD, 1 << (index as usize % WORD))
}

/// The position of the set bit with `rank` set bits below it: halves, by their counts.
fn nth_bit(mut bits: u64, mut rank: u32) -> u32 {
    let (mut position, mut width) = (0, 32);
    while width > 0 {
        let below = (bits & ((1 << width) - 1)).count_ones();
        if rank >= below {
            rank -= below;
            bits >>= width;
            position += width;
        }
        width /= 2;
    }
    position
}

#[cfg(test)]
mod tests;
