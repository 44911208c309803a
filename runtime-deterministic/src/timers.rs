//! What is to happen, by virtual time: a radix heap over nanoseconds.
//!
//! Entries lie in lists by the highest bits in which they differ from the last instant that fired.
//! Firing takes the lowest list, whose minimum is the minimum of all, and spreads the rest of it
//! over lower lists. Each entry moves down at most once per level; cancelling is constant time and
//! leaves nothing behind.

use crate::{kernel::emptied, task::fetch};
use std::num::NonZeroU64;

const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const LEVELS: usize = u64::BITS.div_ceil(BITS) as usize;
const NIL: u32 = u32::MAX;
/// In place of a list's earliest instant. It is one only before time moves, and is looked for then.
const UNKNOWN: u64 = 0;

/// Names an entry until it fires or is cancelled; a stale key is harmless. It is one word, and never
/// zero: the entry's serial, which is odd while it waits, above its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(NonZeroU64);

impl Key {
    #[inline]
    fn new(index: u32, serial: u32) -> Self {
        let word = u64::from(serial) << 32 | u64::from(index);
        Self(NonZeroU64::new(word).expect("an odd serial is not zero"))
    }

    fn index(self) -> u32 {
        self.0.get() as u32
    }

    fn serial(self) -> u32 {
        (self.0.get() >> 32) as u32
    }
}

struct Entry<T> {
    at: u64,
    previous: u32,
    next: u32,
    serial: u32,
    /// Who comes some places after it, as a rule: each names the next alone, so a processor waits for each,
    /// unless it is asked for ahead.
    later: u32,
    list: u16,
    value: Option<T>,
}

/// The lists of a level.
#[derive(Clone, Copy)]
struct Level {
    /// The first of each.
    heads: [u32; SLOTS],
    /// The earliest instant of each that has a first, [`UNKNOWN`] since one of that instant was cancelled.
    instants: [u64; SLOTS],
    /// Two who came in before the first, the last of them in the low half. They may be gone.
    before: [u64; SLOTS],
}

impl Level {
    const EMPTY: Self = Self {
        heads: [NIL; SLOTS],
        instants: [UNKNOWN; SLOTS],
        before: [u64::MAX; SLOTS],
    };
}

pub(crate) struct Timers<T> {
    entries: Vec<Entry<T>>,
    free: u32,
    lists: Vec<Level>,
    occupied: [u64; LEVELS],
    levels: u32,
    last: u64,
}

/// The earliest instant for which anything waits, and the list that it is in.
pub(crate) struct Earliest {
    pub(crate) instant: u64,
    level: usize,
    slot: usize,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            free: NIL,
            lists: Vec::new(),
            occupied: [0; LEVELS],
            levels: 0,
            last: 0,
        }
    }
}

impl<T> Timers<T> {
    /// Adds `value` at the instant `at`, or at the last one that fired if `at` is before it. Where it
    /// is called the value is put in its place word by word: read back whole, it would be waited for.
    #[inline(always)]
    pub(crate) fn insert(&mut self, at: u64, value: T) -> Key {
        if self.free == NIL {
            self.grow();
        }
        let at = at.max(self.last);
        let index = self.free;
        let entry = &mut self.entries[index as usize];
        self.free = entry.next;
        entry.serial = entry.serial.wrapping_add(1);
        // It was none: there is nothing to look for that is to be dropped.
        std::mem::forget(entry.value.replace(value));
        let key = Key::new(index, entry.serial);
        self.link(index, at);
        key
    }

    #[cold]
    fn grow(&mut self) {
        self.free = self.entries.len() as u32;
        self.entries.push(Entry {
            at: 0,
            previous: NIL,
            next: NIL,
            serial: 0,
            later: NIL,
            list: 0,
            value: None,
        });
    }

    /// As new, with the memory of this.
    pub(crate) fn emptied(self) -> Self {
        let Self { entries, lists, .. } = self;
        Self {
            entries: emptied(entries),
            lists: emptied(lists),
            ..Self::default()
        }
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.levels == 0
    }

    /// The entry's value, while it waits.
    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let entry = &mut self.entries[key.index() as usize];
        match entry.serial == key.serial() {
            true => entry.value.as_mut(),
            false => None,
        }
    }

    /// Takes the entry out, if it still waits.
    #[inline]
    pub(crate) fn cancel(&mut self, key: Key) -> Option<T> {
        let index = key.index();
        if self.entries[index as usize].serial != key.serial() {
            return None;
        }
        self.unlink(index);
        self.release(index)
    }

    /// Moves the entries for which `place`, asked with their instants, names another there.
    pub(crate) fn rearrange(&mut self, mut place: impl FnMut(u64, &mut T) -> Option<u64>) {
        for index in 0..self.entries.len() as u32 {
            let entry = &mut self.entries[index as usize];
            let value = entry.value.as_mut();
            if let Some(at) = value.and_then(|value| place(entry.at, value)) {
                self.unlink(index);
                self.link(index, at.max(self.last));
            }
        }
    }

    /// When something is to fire next.
    #[inline]
    pub(crate) fn earliest(&self) -> Option<Earliest> {
        if self.levels == 0 {
            return None;
        }
        let level = self.levels.trailing_zeros() as usize;
        let slot = self.occupied[level].trailing_zeros() as usize;
        let lists = &self.lists[level];
        let instant = match lists.instants[slot] {
            UNKNOWN => self.earliest_from(lists.heads[slot]),
            known => known,
        };
        Some(Earliest {
            instant,
            level,
            slot,
        })
    }

    #[cold]
    fn earliest_from(&self, mut index: u32) -> u64 {
        let mut instant = u64::MAX;
        while index != NIL {
            let entry = &self.entries[index as usize];
            instant = instant.min(entry.at);
            index = entry.next;
        }
        instant
    }

    /// Takes out all entries of the earliest instant, in no order that means anything but in one
    /// that depends on the calls alone. The rest of their list comes soon: `soon` is told of each, and
    /// how many it was told of before.
    #[inline]
    pub(crate) fn fire(
        &mut self,
        earliest: Earliest,
        mut due: impl FnMut(T),
        soon: impl Fn(&T, usize),
    ) {
        let Earliest {
            instant,
            level,
            slot,
        } = earliest;
        let mut told = 0;
        let mut index = std::mem::replace(&mut self.lists[level].heads[slot], NIL);
        self.vacate(level, slot);
        self.last = instant;
        while index != NIL {
            let Entry {
                at,
                next,
                later,
                value,
                ..
            } = &self.entries[index as usize];
            let (at, next) = (*at, *next);
            if let Some(later) = self.entries.get(*later as usize) {
                fetch(later);
            }
            if at == instant {
                self.release(index).into_iter().for_each(&mut due);
            } else {
                value.iter().for_each(|value| soon(value, told));
                told += 1;
                self.link(index, at);
            }
            index = next;
        }
    }

    /// Puts the entry in the list of its instant, which is none before the last.
    #[inline(never)]
    fn link(&mut self, index: u32, at: u64) {
        let highest = ((at ^ self.last) | 1).ilog2();
        let level = (highest / BITS) as usize;
        let slot = (at >> (BITS as usize * level)) as usize % SLOTS;
        let Some(lists) = self.lists.get_mut(level) else {
            return self.deepen(index, at, level);
        };
        let next = std::mem::replace(&mut lists.heads[slot], index);
        let before = &mut lists.before[slot];
        let later = (*before >> u32::BITS) as u32;
        *before = *before << u32::BITS | u64::from(next);
        let entry = &mut self.entries[index as usize];
        entry.later = later;
        (entry.at, entry.previous, entry.next) = (at, NIL, next);
        entry.list = (level * SLOTS + slot) as u16;
        let instant = &mut lists.instants[slot];
        match next {
            NIL => {
                *instant = at;
                self.occupied[level] |= 1 << slot;
                self.levels |= 1 << level;
            }
            next => {
                *instant = at.min(*instant);
                self.entries[next as usize].previous = index;
            }
        }
    }

    /// There was no entry at such a level yet.
    #[cold]
    fn deepen(&mut self, index: u32, at: u64, level: usize) {
        self.lists.resize(level + 1, Level::EMPTY);
        self.link(index, at);
    }

    #[inline]
    fn unlink(&mut self, index: u32) {
        let Entry {
            at,
            previous,
            next,
            list,
            ..
        } = self.entries[index as usize];
        let (level, slot) = (list as usize / SLOTS, list as usize % SLOTS);
        let instant = &mut self.lists[level].instants[slot];
        if *instant == at {
            *instant = UNKNOWN;
        }
        if next != NIL {
            self.entries[next as usize].previous = previous;
        }
        if previous != NIL {
            self.entries[previous as usize].next = next;
            return;
        }
        self.lists[level].heads[slot] = next;
        if next == NIL {
            self.vacate(level, slot);
        }
    }

    #[inline]
    fn vacate(&mut self, level: usize, slot: usize) {
        self.occupied[level] &= !(1 << slot);
        if self.occupied[level] == 0 {
            self.levels &= !(1 << level);
        }
    }

    /// Frees an entry that is in no list.
    #[inline]
    fn release(&mut self, index: u32) -> Option<T> {
        let entry = &mut self.entries[index as usize];
        entry.serial = entry.serial.wrapping_add(1);
        entry.next = std::mem::replace(&mut self.free, index);
        entry.value.take()
    }
}

#[cfg(test)]
mod tests;
