//! Labels, and what they count.

use crate::executor::poll_once;
use runtime_traits::{Current, Error, Handle, Panics, TaskCount, Tasks};
use std::task::Poll;

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
