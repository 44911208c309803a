//! How many hosts of a group may lose what they had made durable, and which have.
//!
//! It is pure, and counts whatever damaged them: what was drawn, and what the test did.

use std::collections::BTreeSet;

#[derive(Default)]
pub(crate) struct Budgets {
    groups: Vec<(BTreeSet<u32>, usize)>,
    damaged: BTreeSet<u32>,
}

impl Budgets {
    /// Of these hosts so many may be damaged.
    pub(super) fn add(&mut self, group: BTreeSet<u32>, most: usize) {
        self.groups.push((group, most));
    }

    /// The host's disk is not what it was. Says whether that is new.
    pub(super) fn damage(&mut self, host: u32) -> bool {
        self.damaged.insert(host)
    }

    /// Whether the host may be damaged: it is in a group, and each of its groups can lose it, or
    /// has lost it before.
    pub(super) fn allow(&self, host: u32) -> bool {
        let mut groups = self
            .groups
            .iter()
            .filter(|(group, _)| group.contains(&host))
            .peekable();
        groups.peek().is_some()
            && groups.all(|(group, most)| {
                self.damaged.contains(&host) || group.intersection(&self.damaged).count() < *most
            })
    }
}

#[cfg(test)]
mod tests;
