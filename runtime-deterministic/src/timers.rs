//! What is to happen, by virtual time: a radix heap over nanoseconds.
//!
//! Entries lie in lists by the highest bits in which they differ from the last instant that fired.
//! Firing takes the lowest list, whose minimum is the minimum of all, and spreads the rest of it
//! over lower lists. Each entry moves down at most once per level; cancelling is constant time and
//! leaves nothing behind.

use crate::kernel::emptied;

const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const LEVELS: usize = u64::BITS.div_ceil(BITS) as usize;
const NIL: u32 = u32::MAX;

/// Names an entry until it fires or is cancelled; a stale key is harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    index: u32,
    serial: u32,
}

struct Entry<T> {
    at: u64,
    previous: u32,
    next: u32,
    serial: u32,
    list: u16,
    value: Option<T>,
}

pub(crate) struct Timers<T> {
    entries: Vec<Entry<T>>,
    free: u32,
    heads: Vec<[u32; SLOTS]>,
    occupied: [u64; LEVELS],
    levels: u32,
    last: u64,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            free: NIL,
            heads: Vec::new(),
            occupied: [0; LEVELS],
            levels: 0,
            last: 0,
        }
    }
}

impl<T> Timers<T> {
    /// Adds `value` at the instant `at`, or at the last one that fired if `at` is before it.
    pub(crate) fn insert(&mut self, at: u64, value: T) -> Key {
        let at = at.max(self.last);
        let index = match self.free {
            NIL => {
                let (previous, next) = (NIL, NIL);
                self.entries.push(Entry {
                    at,
                    previous,
                    next,
                    serial: 0,
                    list: 0,
                    value: None,
                });
                (self.entries.len() - 1) as u32
            }
            index => {
                self.free = self.entries[index as usize].next;
                index
            }
        };
        let entry = &mut self.entries[index as usize];
        (entry.at, entry.value) = (at, Some(value));
        let serial = entry.serial;
        self.link(index);
        Key { index, serial }
    }

    /// As new, with the memory of this.
    pub(crate) fn emptied(self) -> Self {
        let Self { entries, heads, .. } = self;
        Self {
            entries: emptied(entries),
            heads: emptied(heads),
            ..Self::default()
        }
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.levels == 0
    }

    /// The entry's value, while it waits.
    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let entry = &mut self.entries[key.index as usize];
        (entry.serial == key.serial)
            .then_some(entry.value.as_mut())
            .flatten()
    }

    /// Takes the entry out, if it still waits.
    pub(crate) fn cancel(&mut self, key: Key) -> Option<T> {
        self.get_mut(key)?;
        self.unlink(key.index);
        Some(self.release(key.index))
    }

    /// Moves the entries for which `place` names an instant there.
    pub(crate) fn rearrange(&mut self, place: impl Fn(&T) -> Option<u64>) {
        for index in 0..self.entries.len() as u32 {
            let value = self.entries[index as usize].value.as_ref();
            if let Some(at) = value.and_then(&place) {
                self.unlink(index);
                self.entries[index as usize].at = at.max(self.last);
                self.link(index);
            }
        }
    }

    /// Takes out all entries of the earliest instant, in no order that means anything but in one
    /// that depends on the calls alone, and returns that instant.
    pub(crate) fn fire(&mut self, mut due: impl FnMut(T)) -> Option<u64> {
        if self.levels == 0 {
            return None;
        }
        let level = self.levels.trailing_zeros() as usize;
        let slot = self.occupied[level].trailing_zeros() as usize;
        let head = std::mem::replace(&mut self.heads[level][slot], NIL);
        self.vacate(level, slot);
        let instant = self.minimum(head);
        self.last = instant;
        let mut index = head;
        while index != NIL {
            let (at, next) = (
                self.entries[index as usize].at,
                self.entries[index as usize].next,
            );
            match at == instant {
                true => due(self.release(index)),
                false => self.link(index),
            }
            index = next;
        }
        Some(instant)
    }

    fn minimum(&self, head: u32) -> u64 {
        let mut minimum = u64::MAX;
        let mut index = head;
        while index != NIL {
            let entry = &self.entries[index as usize];
            minimum = minimum.min(entry.at);
            index = entry.next;
        }
        minimum
    }

    fn link(&mut self, index: u32) {
        let at = self.entries[index as usize].at;
        let highest = u64::BITS - 1 - ((at ^ self.last) | 1).leading_zeros();
        let level = (highest / BITS) as usize;
        let slot = (at >> (BITS as usize * level)) as usize % SLOTS;
        if self.heads.len() <= level {
            self.heads.resize(level + 1, [NIL; SLOTS]);
        }
        let next = std::mem::replace(&mut self.heads[level][slot], index);
        let entry = &mut self.entries[index as usize];
        (entry.previous, entry.next) = (NIL, next);
        entry.list = (level * SLOTS + slot) as u16;
        if next != NIL {
            self.entries[next as usize].previous = index;
        }
        self.occupied[level] |= 1 << slot;
        self.levels |= 1 << level;
    }

    fn unlink(&mut self, index: u32) {
        let Entry {
            previous,
            next,
            list,
            ..
        } = self.entries[index as usize];
        if next != NIL {
            self.entries[next as usize].previous = previous;
        }
        if previous != NIL {
            self.entries[previous as usize].next = next;
            return;
        }
        let (level, slot) = (list as usize / SLOTS, list as usize % SLOTS);
        self.heads[level][slot] = next;
        if next == NIL {
            self.vacate(level, slot);
        }
    }

    fn vacate(&mut self, level: usize, slot: usize) {
        self.occupied[level] &= !(1 << slot);
        if self.occupied[level] == 0 {
            self.levels &= !(1 << level);
        }
    }

    fn release(&mut self, index: u32) -> T {
        let entry = &mut self.entries[index as usize];
        entry.serial = entry.serial.wrapping_add(1);
        entry.next = std::mem::replace(&mut self.free, index);
        entry.value.take().expect("a linked entry has a value")
    }
}

#[cfg(test)]
mod tests;
