//! The labels of one process's tasks, as a tree, with what they count.

use crate::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering::Relaxed},
};
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
    running: AtomicU64,
    children: Mutex<BTreeMap<Box<str>, Tasks>>,
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
            let (label, running) = (self.path().to_string(), self.0.running.load(Relaxed));
            counts.push(TaskCount {
                label,
                spawned,
                running,
            });
        }
        let children = self
            .0
            .children
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        children.values().for_each(|child| child.collect(counts));
    }

    pub(crate) fn path(&self) -> &Arc<str> {
        &self.0.path
    }

    pub(crate) fn child(&self, label: &str) -> Self {
        let mut children = self
            .0
            .children
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = children.get(label) {
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
        children.insert(label.into(), child.clone());
        child
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.counts()).finish()
    }
}

/// A label with one running task counted in, for as long as this lives.
pub(crate) struct Counted(Tasks);

impl Counted {
    pub(crate) fn new(label: Tasks) -> Self {
        label.0.spawned.fetch_add(1, Relaxed);
        label.0.running.fetch_add(1, Relaxed);
        Self(label)
    }

    pub(crate) fn label(&self) -> &Tasks {
        &self.0
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.running.fetch_sub(1, Relaxed);
    }
}

#[cfg(all(loom, test))]
mod models;
