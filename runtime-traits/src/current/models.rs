//! Two threads that spawn under one label, in every interleaving. `Current`'s thread-local is std's,
//! which the threads of a model share: so they reach for what is behind it.

use super::{Branch, Current};
use crate::{TaskCount, Tasks};
use loom::thread;
use std::sync::Arc;

/// Where what it carries lies, which is one place for one label.
fn place(current: &Current) -> Option<usize> {
    current.0.as_ref().map(|branch| Arc::as_ptr(branch).addr())
}

#[test]
fn a_label_is_made_once_and_counts_both() {
    loom::model(|| {
        let tasks = Tasks::new();
        let mut root = Branch::root(None);
        root.count_in(tasks.clone());
        let root = Arc::new(root);
        let other = root.clone();
        let spawning = thread::spawn(move || place(&Current::counted(other.child("worker"))));
        let counted = Current::counted(root.child("worker"));
        assert_eq!(place(&counted), spawning.join().unwrap());
        let worker = |running| TaskCount {
            label: "worker".into(),
            spawned: 2,
            running,
        };
        assert_eq!(tasks.counts(), [worker(1)]);
        drop(counted);
        assert_eq!(tasks.counts(), [worker(0)]);
    });
}
