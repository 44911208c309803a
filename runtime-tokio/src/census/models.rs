//! Tasks that begin and end while the end of their run waits for the last, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports.

use super::Census;
use loom::{future::block_on, thread};
use std::{sync::Arc, time::Duration};

/// A census with one task in it, which another thread counts out.
fn leaving() -> (Arc<Census>, thread::JoinHandle<()>) {
    let census = Arc::new(Census::default());
    assert!(census.enter());
    let task = census.clone();
    (census, thread::spawn(move || task.leave()))
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
        assert!(census.none_within(Duration::from_secs(3600)));
        leaving.join().unwrap();
    });
}

#[test]
fn a_task_that_meets_the_close_is_counted_or_refused() {
    loom::model(|| {
        let census = Arc::new(Census::default());
        let task = census.clone();
        let beginning = thread::spawn(move || {
            let admitted = task.enter();
            if admitted {
                task.leave();
            }
            admitted
        });
        census.close();
        block_on(census.none());
        assert!(!census.enter());
        beginning.join().unwrap();
    });
}
