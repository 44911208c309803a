//! The labels of one process's tasks, as a tree, with what they count.

mod chain;
#[cfg(all(loom, test))]
mod models;

use crate::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use chain::Chain;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError},
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
pub struct Tasks(Arc<Node>);

#[derive(Default)]
struct Node {
    path: Arc<str>,
    spawned: AtomicU64,
    /// The labels below this one that came first, for most all there are.
    first: Chain<Tasks>,
    /// The others. Locked while one is added to either.
    others: Mutex<BTreeMap<Box<str>, Tasks>>,
}

impl Tasks {
    /// No label yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The counts, ascending by label.
    pub fn counts(&self) -> Vec<TaskCount> {
        let mut counts = Vec::new();
        self.collect(&mut counts);
        counts.sort_by(|a, b| a.label.cmp(&b.label));
        // `c` below `a_b` and `b_c` below `a` are one label.
        counts.dedup_by(|next, kept| {
            let same = next.label == kept.label;
            if same {
                kept.spawned += next.spawned;
                kept.running += next.running;
            }
            same
        });
        counts
    }

    fn collect(&self, counts: &mut Vec<TaskCount>) {
        let spawned = self.0.spawned.load(Relaxed);
        if spawned > 0 {
            let (label, running) = (self.path().to_string(), self.running());
            counts.push(TaskCount {
                label,
                spawned,
                running,
            });
        }
        self.0
            .first
            .values()
            .for_each(|child| child.collect(counts));
        let others = self.others();
        others.values().for_each(|child| child.collect(counts));
    }

    fn others(&self) -> MutexGuard<'_, BTreeMap<Box<str>, Self>> {
        self.0.others.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A label below the root is held by the one above, and by each of its tasks that runs.
    fn running(&self) -> u64 {
        Arc::strong_count(&self.0) as u64 - 1
    }

    pub(crate) fn path(&self) -> &Arc<str> {
        &self.0.path
    }

    pub(crate) fn child(&self, label: &str) -> Self {
        let known = self.0.first.get(label).cloned();
        known.unwrap_or_else(|| self.new_child(label))
    }

    /// The label where it is not among the first, which another thread may be adding.
    fn new_child(&self, label: &str) -> Self {
        let (first, mut others) = (&self.0.first, self.others());
        if let Some(known) = first.get(label).or_else(|| others.get(label)) {
            return known.clone();
        }
        let path = match &**self.path() {
            "" => label.into(),
            parent => format!("{parent}_{label}").into(),
        };
        let child = Self(Arc::new(Node {
            path,
            ..Node::default()
        }));
        match first.has_room() {
            true => first.add(label, child.clone()),
            false => drop(others.insert(label.into(), child.clone())),
        }
        child
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.counts()).finish()
    }
}

/// A label with one running task counted in, for as long as this lives: what it holds is the count.
pub(crate) struct Counted(Tasks);

impl Counted {
    pub(crate) fn new(label: Tasks) -> Self {
        label.0.spawned.fetch_add(1, Relaxed);
        Self(label)
    }

    pub(crate) fn label(&self) -> &Tasks {
        &self.0
    }
}
