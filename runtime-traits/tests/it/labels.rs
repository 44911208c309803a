//! Labels, and what they count.

use crate::executor::poll_once;
use runtime_traits::{Current, Error, Handle, Panics, TaskCount, Tasks};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
    task::Poll,
    thread,
};

fn count(label: &str, spawned: u64, running: u64) -> TaskCount {
    TaskCount {
        label: label.into(),
        spawned,
        running,
    }
}

#[test]
fn tasks_are_counted_by_label_ascending() {
    let tasks = Tasks::new();
    let mut root = Current::root(()).with_tasks(tasks.clone());
    assert_eq!(tasks.counts(), []);
    let mut b = root.enter(|| Current::child("b"));
    let first = root.enter(|| Current::child("a"));
    let second = root.enter(|| Current::child("a"));
    let nested = b.enter(|| Current::child("a"));
    drop((first, b));
    assert_eq!(
        tasks.counts(),
        [count("a", 2, 1), count("b", 1, 0), count("b_a", 1, 1)]
    );
    drop((second, nested));
    assert_eq!(
        tasks.counts(),
        [count("a", 2, 0), count("b", 1, 0), count("b_a", 1, 0)]
    );
}

#[test]
fn two_ways_to_one_label_are_counted_as_one() {
    let tasks = Tasks::new();
    let mut root = Current::root(()).with_tasks(tasks.clone());
    let mut a = root.enter(|| Current::child("a"));
    let _nested = a.enter(|| Current::child("b_c"));
    let mut a_b = root.enter(|| Current::child("a_b"));
    let ended = a_b.enter(|| Current::child("c"));
    drop(ended);
    assert_eq!(
        tasks.counts(),
        [count("a", 1, 1), count("a_b", 1, 1), count("a_b_c", 2, 1)]
    );
}

#[test]
fn many_labels_are_each_made_once() {
    let tasks = Tasks::new();
    let mut root = Current::root(()).with_tasks(tasks.clone());
    let labels: Vec<String> = (10..40).map(|label| label.to_string()).collect();
    let running: Vec<_> = labels
        .iter()
        .chain(labels.iter().rev())
        .map(|label| root.enter(|| Current::child(label)))
        .collect();
    let counts = |running| -> Vec<_> {
        let counts = labels.iter().map(|label| count(label, 2, running));
        counts.collect()
    };
    assert_eq!(tasks.counts(), counts(2));
    drop(running);
    assert_eq!(tasks.counts(), counts(0));
}

#[test]
fn two_roots_count_apart() {
    let (one, other) = (Tasks::new(), Tasks::new());
    let mut first = Current::root(()).with_tasks(one.clone());
    let mut second = Current::root(()).with_tasks(other.clone());
    let _first = first.enter(|| Current::child("task"));
    let _second = second.enter(|| Current::child("task"));
    assert_eq!(one.counts(), [count("task", 1, 1)]);
    assert_eq!(other.counts(), [count("task", 1, 1)]);
}

#[test]
fn roots_that_share_their_counts_count_together() {
    let tasks = Tasks::new();
    let root = || Current::root(()).with_tasks(tasks.clone());
    let (mut first, mut second) = (root(), root());
    let one = first.enter(|| Current::child("task"));
    let other = second.enter(|| Current::child("task"));
    assert_eq!(tasks.counts(), [count("task", 2, 2)]);
    drop(one);
    assert_eq!(tasks.counts(), [count("task", 2, 1)]);
    drop(other);
    assert_eq!(tasks.counts(), [count("task", 2, 0)]);
}

#[test]
fn tasks_whose_root_is_gone_are_counted_until_they_end() {
    let tasks = Tasks::new();
    let mut root = Current::root(()).with_tasks(tasks.clone());
    let labels = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let mut running: Vec<_> = root.enter(|| labels.map(Current::child)).into();
    let second = root.enter(|| Current::child("a"));
    let nested = running[0].enter(|| Current::child("b"));
    drop(root);
    assert_eq!(tasks.counts()[0], count("a", 2, 2));
    assert_eq!(tasks.counts()[1], count("a_b", 1, 1));
    assert!(tasks.counts()[1..].iter().all(|count| count.running == 1));
    // The parent first.
    drop((second, running.remove(0)));
    assert_eq!(tasks.counts()[..2], [count("a", 2, 0), count("a_b", 1, 1)]);
    drop((nested, running));
    assert!(tasks.counts().iter().all(|count| count.running == 0));
}

#[test]
fn a_context_that_panics_when_it_is_dropped_leaves_no_count_behind() {
    #[derive(Clone)]
    struct Panics(Arc<()>);
    impl Drop for Panics {
        fn drop(&mut self) {
            if Arc::strong_count(&self.0) == 1 {
                resume_unwind(Box::new("dropped"));
            }
        }
    }
    let tasks = Tasks::new();
    let mut root = Current::root(Panics(Arc::default())).with_tasks(tasks.clone());
    let labels = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    for mut child in root.enter(|| labels.map(Current::child)) {
        drop(child.enter(|| labels.map(Current::child)));
    }
    let payload = catch_unwind(AssertUnwindSafe(|| drop(root))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"dropped"));
    assert_eq!(tasks.counts().len(), 110);
    assert!(tasks.counts().iter().all(|count| count.running == 0));
}

#[test]
fn a_task_that_carries_another_context_is_counted_once() {
    let tasks = Tasks::new();
    let mut root = Current::root(1).with_tasks(tasks.clone());
    let child = root.enter(|| Current::child("have"));
    let mut child = child.with_context_of(&Current::root(2));
    let nested = child.enter(|| Current::child("fun"));
    assert_eq!(
        tasks.counts(),
        [count("have", 1, 1), count("have_fun", 1, 1)]
    );
    drop((child, nested));
    assert_eq!(
        tasks.counts(),
        [count("have", 1, 0), count("have_fun", 1, 0)]
    );
}

#[test]
fn a_task_spawned_by_a_task_is_below_it() {
    let tasks = Tasks::new();
    let mut root = Current::root(()).with_tasks(tasks.clone());
    let spawn = |label: &str, future| {
        Handle::new(Current::child(label), future, Panics::Catch, || {
            Error::Closed
        })
    };
    let (mut have, mut handle) = root.enter(|| {
        spawn(
            "have",
            Box::pin(async move {
                let fun = Box::pin(async { Current::label() });
                let (task, handle) =
                    Handle::new(Current::child("fun"), fun, Panics::Catch, || Error::Closed);
                task.await;
                handle.await.unwrap()
            }),
        )
    });
    assert_eq!(poll_once(&mut have), Poll::Ready(()));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Ok("have_fun".into())));
    assert_eq!(
        tasks.counts(),
        [count("have", 1, 0), count("have_fun", 1, 0)]
    );
}

#[test]
fn those_who_read_the_counts_count_nothing() {
    let tasks = Tasks::new();
    let mut root = Current::root(()).with_tasks(tasks.clone());
    let _task = root.enter(|| Current::child("a"));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    assert_eq!(tasks.counts(), [count("a", 1, 1)]);
                }
            });
        }
    });
}

/// Each holds the one below it.
#[test]
fn labels_that_are_nested_deeper_than_a_stack_are_dropped() {
    let nest = || {
        let mut root = Current::root(());
        let mut task = root.enter(|| Current::child("a"));
        for _ in 0..2_000 {
            task = task.enter(|| Current::child("a"));
        }
        drop((task, root));
    };
    let thread = thread::Builder::new().stack_size(64 << 10);
    thread.spawn(nest).unwrap().join().unwrap();
}
