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
    /// Tasks that have not ended, whoever holds their handles; blocking work until it returned.
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
    held: Mutex<Holders>,
}

/// Who holds a label.
#[derive(Default)]
struct Holders {
    /// What each task holds that runs: so a task that ends counts nothing, but lets go.
    all: Vec<Weak<Held>>,
    /// How often it is held by what is no task. It changes with what is held, or a count between the two
    /// would see a task too many or too few.
    links: u64,
    /// How often all were looked at.
    #[cfg(test)]
    looks: u32,
}

type Held = dyn Any + Send + Sync;

impl Tasks {
    /// No label yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The counts, ascending by label. Where other threads begin or end tasks meanwhile, such a task may
    /// be in one of the numbers and not in another; they are exact of all others.
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

    /// Counts also those as running that hold this, but for `links` of them, which are no tasks.
    pub(crate) fn add(&self, held: Weak<Held>, links: u64) {
        let mut holders = self.holders();
        holders.make_room();
        holders.all.push(held);
        holders.links += links;
    }

    /// Lets go of what was held by what is no task. Returns what nobody else holds.
    pub(crate) fn unlink<T>(&self, held: Arc<T>) -> Option<T> {
        let mut holders = self.holders();
        holders.links -= 1;
        Arc::into_inner(held)
    }

    fn holders(&self) -> MutexGuard<'_, Holders> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn any(&self) -> bool {
        self.spawned.load(Relaxed) > 0
    }

    fn of(&self, path: &str) -> TaskCount {
        TaskCount {
            label: path.into(),
            spawned: self.spawned.load(Relaxed),
            running: self.holders().tasks(),
        }
    }
}

impl Holders {
    /// Now and then: one that nobody holds counts nothing. As many may come before the next time as are
    /// left, or a few that come and go beside many would each look at all.
    fn make_room(&mut self) {
        if self.all.len() == self.all.capacity() {
            #[cfg(test)]
            (self.looks += 1);
            self.all.retain(|held| held.strong_count() > 0);
            self.all.reserve(self.all.len());
        }
    }

    fn tasks(&self) -> u64 {
        let held: usize = self.all.iter().map(Weak::strong_count).sum();
        held as u64 - self.links
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.counts()).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
