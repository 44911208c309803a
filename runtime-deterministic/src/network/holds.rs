//! What waits at the ends of ways that are held, until it is let go.
//!
//! It is pure: it does not know what waits, and is told which ways are held. A release costs what
//! waits at its own way, whatever waits at others.

use std::collections::{BTreeMap, BTreeSet};

/// From one host to another.
type Way = [u32; 2];

pub(super) struct Holds<T> {
    /// At each way, in the order in which it came, each thing with its number.
    waiting: BTreeMap<Way, Vec<(u64, T)>>,
    /// The ways at which something waits and that may be held no more.
    loose: BTreeSet<Way>,
    /// How many things came so far.
    came: u64,
}

impl<T> Default for Holds<T> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            loose: BTreeSet::new(),
            came: 0,
        }
    }
}

impl<T> Holds<T> {
    /// Something waits at a way, which is held.
    pub(super) fn add(&mut self, way: Way, what: T) {
        self.came += 1;
        self.waiting.entry(way).or_default().push((self.came, what));
    }

    /// A way that was held may be so no more.
    pub(super) fn loosen(&mut self, way: Way) {
        if self.waiting.contains_key(&way) {
            self.loose.insert(way);
        }
    }

    pub(super) fn loosen_all(&mut self) {
        self.loose.extend(self.waiting.keys());
    }

    /// Takes what waits at ways that are held no more, in the order in which it came.
    pub(super) fn take(&mut self, is_held: impl Fn(Way) -> bool) -> Vec<T> {
        let loose = std::mem::take(&mut self.loose).into_iter();
        let released = loose.filter(|way| !is_held(*way));
        let mut taken: Vec<_> = released
            .flat_map(|way| self.waiting.remove(&way).unwrap_or_default())
            .collect();
        taken.sort_unstable_by_key(|(number, _)| *number);
        taken.into_iter().map(|(_, what)| what).collect()
    }

    /// All that waits.
    pub(super) fn into_all(self) -> impl Iterator<Item = T> {
        let all = self.waiting.into_values().flatten();
        all.map(|(_, what)| what)
    }
}

#[cfg(test)]
mod tests;
