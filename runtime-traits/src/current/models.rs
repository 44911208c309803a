//! Threads that spawn, end and count under one label, in every interleaving. `Current`'s thread-local is std's,
//! which the threads of a model share: so they reach for what is behind it.

use super::{Branch, Current};
use crate::{TaskCount, Tasks};
use loom::thread;
use std::sync::Arc;

/// Where what it carries lies, which is one place for one label.
fn place(current: &Current) -> Option<usize> {
    current.0.as_ref().map(|branch| Arc::as_ptr(branch).addr())
}

fn root(tasks: &Tasks) -> Arc<Branch> {
    let mut root = Branch::root(None);
    root.count_in(tasks.clone());
    Arc::new(root)
}

fn running(tasks: &Tasks) -> Vec<u64> {
    let counts = tasks.counts().into_iter();
    counts.map(|count| count.running).collect()
}

#[test]
fn a_label_is_made_once_and_counts_both() {
    loom::model(|| {
        let tasks = Tasks::new();
        let root = root(&tasks);
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

/// The root that comes and goes has a task of its own neither before nor after.
#[test]
fn a_root_that_goes_alters_no_count_of_the_tasks_of_another() {
    loom::model(|| {
        let tasks = Tasks::new();
        let (stays, goes) = (root(&tasks), root(&tasks));
        let _task = Current::counted(stays.child("worker"));
        drop(Current::counted(goes.child("worker")));
        let going = thread::spawn(move || drop(goes));
        assert_eq!(running(&tasks), [1]);
        going.join().unwrap();
        assert_eq!(running(&tasks), [1]);
    });
}

#[test]
fn a_label_that_comes_is_counted_with_its_task() {
    loom::model(|| {
        let tasks = Tasks::new();
        let (stays, comes) = (root(&tasks), root(&tasks));
        let _task = Current::counted(stays.child("worker"));
        let coming = thread::spawn(move || {
            let child = comes.child("worker");
            (comes, child)
        });
        let running_meanwhile = running(&tasks);
        assert!([vec![1], vec![2]].contains(&running_meanwhile));
        let (_comes, _child) = coming.join().unwrap();
        assert_eq!(running(&tasks), [2]);
    });
}

#[test]
fn a_root_and_its_tasks_may_go_at_once() {
    loom::model(|| {
        let tasks = Tasks::new();
        let root = root(&tasks);
        let parent = Current::counted(root.child("parent"));
        let child = Current::counted(parent.0.as_ref().unwrap().child("child"));
        let going = thread::spawn(move || drop(root));
        let ending = thread::spawn(move || drop(parent));
        drop(child);
        going.join().unwrap();
        ending.join().unwrap();
        assert_eq!(running(&tasks), [0, 0]);
    });
}
