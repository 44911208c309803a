//! How many tasks of each label one process has had, and has. It knows no tasks.

use crate::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use std::{
    any::Any,
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, Weak},
};

/// How many tasks of one label there have been, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskCount {
    /// The label with those of the tasks that spawned it in front: `have_fun`.
    pub label: String,
    /// Tasks spawned so far.
    pub spawned: u64,
    /// Tasks that have not ended.
    pub running: u64,
}

/// The labels of one process. A backend keeps one per runtime, or per simulated host, and gives it
/// to [`Current::with_tasks`](crate::Current::with_tasks).
#[derive(Clone, Default)]
pub struct Tasks(Arc<Mutex<Counts>>);

type Counts = BTreeMap<Arc<str>, Arc<Count>>;

/// What is counted of one label.
#[derive(Default)]
pub(crate) struct Count {
    spawned: AtomicU64,
    /// What each task holds that runs: so a task that ends counts nothing, but lets go.
    held: Mutex<Vec<Weak<Held>>>,
    /// How often it is held by what is no task.
    links: AtomicU64,
}

type Held = dyn Any + Send + Sync;

impl Tasks {
    /// No label yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The counts, ascending by label.
    pub fn counts(&self) -> Vec<TaskCount> {
        let labels = self.labels();
        let spawned = labels.iter().filter(|(_, count)| count.any());
        let counts = spawned.map(|(path, count)| count.of(path));
        counts.collect()
    }

    /// What is counted of the label that has those of its parents in front.
    pub(crate) fn count(&self, path: &Arc<str>) -> Arc<Count> {
        let mut labels = self.labels();
        labels.entry(path.clone()).or_default().clone()
    }

    fn labels(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    #[inline]
    pub(crate) fn spawn(&self) {
        self.spawned.fetch_add(1, Relaxed);
    }

    /// Counts also those as running that hold this.
    pub(crate) fn add(&self, held: Weak<Held>) {
        let mut all = self.held();
        // Now and then: one that nobody holds counts nothing. As many may come before the next time as
        // are left, or a few that come and go beside many would each look at all.
        if all.len() == all.capacity() {
            all.retain(|held| held.strong_count() > 0);
            let left = all.len();
            all.reserve(left);
        }
        all.push(held);
    }

    /// Something holds it that is no task.
    pub(crate) fn link(&self) {
        self.links.fetch_add(1, Relaxed);
    }

    pub(crate) fn unlink(&self) {
        self.links.fetch_sub(1, Relaxed);
    }

    fn held(&self) -> MutexGuard<'_, Vec<Weak<Held>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn any(&self) -> bool {
        self.spawned.load(Relaxed) > 0
    }

    fn of(&self, path: &str) -> TaskCount {
        let held: usize = self.held().iter().map(Weak::strong_count).sum();
        TaskCount {
            label: path.into(),
            spawned: self.spawned.load(Relaxed),
            // Other threads spawn and let go meanwhile.
            running: (held as u64).saturating_sub(self.links.load(Relaxed)),
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.counts()).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
