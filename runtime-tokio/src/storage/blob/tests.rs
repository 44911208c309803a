//! What a call under way keeps.

use crate::{Config, ConfigError, Executor};
use futures::executor::block_on;
use runtime_traits::{Error, Runner, Storage};
use std::{sync::mpsc, time::Duration};
use tempfile::TempDir;

#[test]
fn a_call_that_outlives_its_run_keeps_others_out_of_the_directory() {
    let directory = TempDir::new().unwrap();
    let mut config = Config::default();
    config.storage = Some(directory.path().into());
    config.shutdown_grace = Duration::ZERO;
    let (go, wait) = mpsc::channel::<()>();
    let (runner, context) = Executor::init(config.clone());
    let (call, blob) = runner.start(async {
        let blob = context.open("p", b"x").await.unwrap();
        let (tell, begun) = mpsc::channel();
        let call = blob.call(move |_| {
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
    let mut config = Config::default();
    config.storage_threads = 1;
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let busy = context.open("p", b"busy").await.unwrap();
        let other = context.open("p", b"other").await.unwrap();
        let (sender, order) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let mut calls = vec![busy.call(move |_| {
            wait.recv().unwrap();
            Ok(())
        })];
        let note = |blob: &super::Blob, name: &'static str| {
            let sender = sender.clone();
            blob.call(move |_| {
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
        assert_eq!((order.len(), place), (101, super::TURN - 1));
    });
}
