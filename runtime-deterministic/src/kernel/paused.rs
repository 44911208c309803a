//! Hosts whose processes are stopped, and their tasks that would go on.
//!
//! It knows nothing of polls: the kernel asks it before a task becomes ready.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(crate) struct Paused(BTreeMap<u32, BTreeSet<u32>>);

impl Paused {
    /// Whether any host is paused, at the price of one load.
    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    pub(crate) fn contains(&self, host: u32) -> bool {
        self.0.contains_key(&host)
    }

    pub(super) fn insert(&mut self, host: u32) {
        self.0.entry(host).or_default();
    }

    /// Its tasks that waited for this, ascending.
    pub(crate) fn remove(&mut self, host: u32) -> BTreeSet<u32> {
        self.0.remove(&host).unwrap_or_default()
    }

    /// Keeps a task that would go on, if its host is paused. Says whether it is.
    pub(super) fn hold(&mut self, host: u32, task: u32) -> bool {
        self.0
            .get_mut(&host)
            .map(|held| held.insert(task))
            .is_some()
    }

    /// The task has ended.
    pub(super) fn forget(&mut self, host: u32, task: u32) {
        if let Some(held) = self.0.get_mut(&host) {
            held.remove(&task);
        }
    }
}
