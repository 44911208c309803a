//! Two threads that spawn under one label, in every interleaving.

use super::{Counted, TaskCount, Tasks};
use loom::thread;

#[test]
fn a_label_is_made_once_and_counts_both() {
    loom::model(|| {
        let tasks = Tasks::new();
        let other = tasks.clone();
        let spawning = thread::spawn(move || drop(Counted::new(other.child("worker"))));
        let counted = Counted::new(tasks.child("worker"));
        spawning.join().unwrap();
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
