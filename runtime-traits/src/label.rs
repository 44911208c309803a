//! How many tasks of each label one process has had, and has. It knows no tasks.

use crate::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use std::{
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

/// Ascending. They are few, and looked for where a label is new below its root.
type Counts = Vec<(Arc<str>, Arc<Count>)>;

/// What is counted of one label.
#[derive(Default)]
pub(crate) struct Count {
    spawned: AtomicU64,
    /// By whom those that run are held.
    running: Mutex<Vec<Weak<dyn Held>>>,
}

/// What each task holds that runs: so a task that ends counts nothing, but lets go.
pub(crate) trait Held: Send + Sync {
    /// How many tasks hold it, besides this call.
    fn holders(self: Arc<Self>) -> u64;
}

impl Tasks {
    /// No label yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The counts, ascending by label.
    pub fn counts(&self) -> Vec<TaskCount> {
        // Whoever else lets go meanwhile leaves a drop to this: of what a backend made.
        let labels = self.labels().clone();
        let spawned = labels.iter().filter(|(_, count)| count.any());
        let counts = spawned.map(|(path, count)| count.of(path));
        counts.collect()
    }

    /// What is counted of the label that has those of its parents in front.
    pub(crate) fn count(&self, path: &Arc<str>) -> Arc<Count> {
        let mut labels = self.labels();
        match labels.binary_search_by(|(known, _)| known.cmp(path)) {
            Ok(at) => labels[at].1.clone(),
            Err(at) => {
                let count = Arc::<Count>::default();
                labels.insert(at, (path.clone(), count.clone()));
                count
            }
        }
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
    pub(crate) fn add(&self, held: Weak<dyn Held>) {
        let mut running = self.held();
        running.retain(|held| held.strong_count() > 0);
        running.push(held);
    }

    fn held(&self) -> MutexGuard<'_, Vec<Weak<dyn Held>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn any(&self) -> bool {
        self.spawned.load(Relaxed) > 0
    }

    fn of(&self, path: &str) -> TaskCount {
        let held: Vec<_> = self.held().iter().filter_map(Weak::upgrade).collect();
        TaskCount {
            label: path.into(),
            spawned: self.spawned.load(Relaxed),
            running: held.into_iter().map(Held::holders).sum(),
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.counts()).finish()
    }
}
