//! Tasks that begin and end while the end of their run waits for the last, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports.

use super::{Census, Member};
use loom::{future::block_on, thread};
use std::{sync::Arc, time::Duration};

/// A census with one task in it, which another thread ends.
fn leaving() -> (Arc<Census>, thread::JoinHandle<()>) {
    let census = Arc::new(Census::default());
    let task = census.member().unwrap();
    (census, thread::spawn(move || drop(task)))
}

#[test]
fn the_last_task_wakes_who_waits_for_it() {
    loom::model(|| {
        let (census, leaving) = leaving();
        block_on(census.none());
        leaving.join().unwrap();
    });
}

#[test]
fn the_last_task_frees_the_thread_that_waits_for_it() {
    loom::model(|| {
        let (census, leaving) = leaving();
        census.close();
        assert!(census.none_within(Duration::from_secs(3600)));
        leaving.join().unwrap();
    });
}

/// A task that begins on another thread, and ends at once; whether it was let in.
fn beginning(census: &Arc<Census>) -> thread::JoinHandle<bool> {
    let census = census.clone();
    thread::spawn(move || census.member().is_some())
}

#[test]
fn a_task_that_meets_the_close_is_waited_for_or_refused() {
    loom::model(|| {
        let census = Arc::new(Census::default());
        let beginning = beginning(&census);
        census.close();
        block_on(census.none());
        assert!(census.member().is_none());
        beginning.join().unwrap();
    });
}

#[test]
fn who_comes_while_others_are_there_is_let_in_and_waited_for() {
    loom::model(|| {
        let census = Arc::new(Census::default());
        let task: Arc<Member> = census.member().unwrap();
        let beginning = beginning(&census);
        let others = census.clone();
        let ending = thread::spawn(move || {
            assert!(others.member().is_some());
            drop(task);
        });
        block_on(census.none());
        assert!(census.member().is_none());
        ending.join().unwrap();
        beginning.join().unwrap();
    });
}
