//! What a call under way keeps.

use crate::{Config, ConfigError, Executor, metrics::Operation, storage::queue::TURN};
use futures::{executor::block_on, future::join_all};
use runtime_traits::{Error, Runner, Storage};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};
use tempfile::TempDir;

#[test]
fn a_call_that_outlives_its_run_keeps_others_out_of_the_directory() {
    let directory = TempDir::new().unwrap();
    let config = Config {
        storage: Some(directory.path().into()),
        shutdown_grace: Duration::ZERO,
        ..Config::default()
    };
    let (go, wait) = mpsc::channel::<()>();
    let (runner, context) = Executor::init(config.clone());
    let (call, blob) = runner.start(async {
        let blob = context.open("p", b"x").await.unwrap();
        let (tell, begun) = mpsc::channel();
        let call = blob.call(Operation::Write, move |_| {
            tell.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        });
        begun.recv().unwrap();
        (call, blob)
    });
    assert_eq!(block_on(call), Err(Error::Closed));
    let second = Executor::try_init(config.clone());
    assert!(matches!(second, Err(ConfigError::StorageInUse { .. })));
    go.send(()).unwrap();
    // The thread lets go a little later; the blob does not keep it.
    while Executor::try_init(config.clone()).is_err() {}
    drop(blob);
}

#[test]
fn a_long_queue_lets_other_blobs_have_their_turn() {
    let config = Config {
        storage_threads: 1,
        ..Config::default()
    };
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let busy = context.open("p", b"busy").await.unwrap();
        let other = context.open("p", b"other").await.unwrap();
        let (sender, order) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let mut calls = vec![busy.call(Operation::Write, move |_| {
            wait.recv().unwrap();
            Ok(())
        })];
        let note = |blob: &super::Blob, name: &'static str| {
            let sender = sender.clone();
            blob.call(Operation::Write, move |_| {
                sender.send(name).unwrap();
                Ok(())
            })
        };
        let busy_calls: Vec<_> = (0..100).map(|_| note(&busy, "busy")).collect();
        let other_call = note(&other, "other");
        go.send(()).unwrap();
        calls.pop().unwrap().await.unwrap();
        for call in busy_calls {
            call.await.unwrap();
        }
        other_call.await.unwrap();
        let order: Vec<_> = order.try_iter().collect();
        let place = order.iter().position(|name| *name == "other").unwrap();
        assert_eq!((order.len(), place), (101, TURN - 1));
    });
}

/// The most calls on different blobs that were performed at once.
fn most_at_once(storage_threads: usize) -> usize {
    let config = Config {
        storage_threads,
        ..Config::default()
    };
    let (runner, context) = Executor::init(config);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    runner.start(async {
        let calls = (0..8).map(async |name: u8| {
            let blob = context.open("p", &[name]).await.unwrap();
            let (running, most) = (running.clone(), most.clone());
            let call = blob.call(Operation::Write, move |_| {
                most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                (0..1_000).for_each(|_| thread::yield_now());
                running.fetch_sub(1, SeqCst);
                Ok(())
            });
            call.await.unwrap();
        });
        join_all(calls).await;
    });
    most.load(SeqCst)
}

#[test]
fn storage_has_as_many_threads_as_configured() {
    assert_eq!(most_at_once(1), 1);
    assert!(most_at_once(3) <= 3);
}
