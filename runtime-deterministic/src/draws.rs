//! Random streams, one per purpose, so that one more draw in user code moves no schedule.

use crate::Ratio;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::ops::RangeInclusive;
use twox_hash::XxHash3_128;

/// What a stream of random numbers is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Schedule,
    Select,
    Network,
    /// Of one host's disk.
    Storage(u32),
    /// Of one host's tasks.
    Host(u32),
    /// Of what goes wrong with one host's disk.
    Damage(u32),
    /// Of threads that the simulator does not run.
    Foreign,
    /// Of wakes that are due at one instant.
    Ties,
    /// Which faults a seed has.
    Faults,
    /// What those faults do.
    Nemesis,
    /// Which schedule a seed has.
    Policy,
    /// Of one place where a library may misbehave.
    Site(&'static str),
    /// Of one of a library's knobs.
    Knob(&'static str),
}

/// ChaCha8 under a key of seed and purpose: the same on every machine, whatever the libraries.
///
/// It begins with the first draw: of most streams of a run nothing is ever drawn.
pub(crate) struct Draws {
    seed: u64,
    purpose: Purpose,
    stream: Option<Box<ChaCha8Rng>>,
}

impl Draws {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        Self {
            seed,
            purpose,
            stream: None,
        }
    }

    #[inline]
    fn stream(&mut self) -> &mut ChaCha8Rng {
        let Self { seed, purpose, .. } = *self;
        self.stream.get_or_insert_with(|| purpose.stream(seed))
    }

    pub(crate) fn fill(&mut self, buf: &mut [u8]) {
        self.stream().fill_bytes(buf);
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.stream().next_u64()
    }

    /// A number below `bound`, each equally likely. A bound of 1 draws nothing.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        below(bound, || self.stream().next_u32())
    }

    /// A number in `range`; its width is below 2^32, or the draw is biased by less than 2^-32.
    pub(crate) fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        match u32::try_from(high - low + 1) {
            Ok(width) => low + u64::from(self.below(width)),
            Err(_) => {
                low + ((u128::from(self.next_u64()) * u128::from(high - low + 1)) >> 64) as u64
            }
        }
    }

    /// Each order of `items` becomes equally likely. One item draws nothing.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }

    /// True as often as `ratio` says. What is certain draws nothing.
    pub(crate) fn happens(&mut self, ratio: Ratio) -> bool {
        match ratio {
            Ratio::NEVER => false,
            Ratio::ALWAYS => true,
            Ratio { times, of } => self.below(of) < times,
        }
    }

    /// True once in `n` draws.
    pub(crate) fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }
}

impl Purpose {
    #[cold]
    fn stream(self, seed: u64) -> Box<ChaCha8Rng> {
        let name = match self {
            Self::Site(name) | Self::Knob(name) => XxHash3_128::oneshot(name.as_bytes()),
            _ => 0,
        };
        let (kind, host) = match self {
            Self::Schedule => (0_u32, 0),
            Self::Select => (1, 0),
            Self::Network => (2, 0),
            Self::Storage(host) => (3, host),
            Self::Host(host) => (4, host),
            Self::Foreign => (5, 0),
            Self::Ties => (6, 0),
            Self::Damage(host) => (8, host),
            Self::Faults => (9, 0),
            Self::Nemesis => (10, 0),
            Self::Site(_) => (11, 0),
            Self::Knob(_) => (12, 0),
            Self::Policy => (13, 0),
        };
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..12].copy_from_slice(&kind.to_le_bytes());
        key[12..16].copy_from_slice(&host.to_le_bytes());
        key[16..].copy_from_slice(&name.to_le_bytes());
        Box::new(ChaCha8Rng::from_seed(key))
    }
}

/// Lemire, "Fast random integer generation in an interval", 2019.
#[inline]
fn below(bound: u32, mut draw: impl FnMut() -> u32) -> u32 {
    if bound <= 1 {
        return 0;
    }
    loop {
        let product = u64::from(draw()) * u64::from(bound);
        if product as u32 >= bound || product as u32 >= bound.wrapping_neg() % bound {
            return (product >> 32) as u32;
        }
    }
}

/// How many are made at once.
const WORDS: usize = 64;
/// How many are held, so that as many can be looked at as are made.
const HELD: usize = 2 * WORDS;

/// A stream of which nothing but numbers below a bound is drawn, one a poll. Its words lie here, for
/// what makes them has no place in the middle of a step.
pub(crate) struct Picks {
    draws: Draws,
    words: [u32; HELD],
    /// Of all words, how many were drawn, and how many were made.
    drawn: usize,
    made: usize,
}

impl Picks {
    pub(crate) fn new(draws: Draws) -> Self {
        Self {
            draws,
            words: [0; HELD],
            drawn: 0,
            made: 0,
        }
    }

    /// Makes a draw that can be looked at one that is drawn again, below most bounds.
    #[cfg(test)]
    pub(crate) fn spoil(&mut self, draw: usize) {
        self.words[draw % HELD] = 0;
    }

    /// As [`Draws::below`].
    #[inline]
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        below(bound, || self.next())
    }

    /// How many words were drawn, which is the number of the next.
    #[inline]
    pub(crate) fn drawn(&self) -> usize {
        self.drawn
    }

    /// Sees to it that the next so many, [`WORDS`] at most, can be [looked at](Self::peek).
    #[inline]
    pub(crate) fn look_ahead(&mut self, words: usize) {
        debug_assert!(words <= WORDS, "a word that is looked at would be gone");
        if self.made - self.drawn < words {
            self.refill();
        }
    }

    /// What the draw of this number gives, if it is not drawn again: one that is
    /// [drawn](Self::drawn) next, or can be looked at.
    #[inline]
    pub(crate) fn peek(&self, draw: usize, bound: u32) -> u32 {
        let word = self.words[draw % HELD];
        ((u64::from(word) * u64::from(bound)) >> 32) as u32
    }

    #[inline]
    fn next(&mut self) -> u32 {
        if self.drawn == self.made {
            self.refill();
        }
        let word = self.words[self.drawn % HELD];
        self.drawn += 1;
        word
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self) {
        let mut bytes = [0; size_of::<u32>() * WORDS];
        self.draws.fill(&mut bytes);
        let (words, _) = bytes.as_chunks();
        let place = self.made % HELD;
        for (word, bytes) in self.words[place..].iter_mut().zip(words) {
            *word = u32::from_le_bytes(*bytes);
        }
        self.made += WORDS;
    }
}

#[cfg(test)]
mod tests;
