//! Reads that need no thread, and those that do.

use crate::{one_thread, run_with};
use futures::{FutureExt, channel::oneshot, poll};
use runtime_tokio::{Blob, Config, Context};
use runtime_traits::{Blob as _, Error, Spawner, Storage};
use std::{
    io::ErrorKind,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
};
use tempfile::TempDir;

/// One thread for the tasks and one for all blocking work.
fn config() -> Config {
    let mut config = one_thread();
    config.blocking_threads = 1;
    config
}

async fn written(context: &Context, bytes: &[u8]) -> Blob {
    let blob = context.open("p", b"x").await.unwrap();
    blob.write_at(bytes, 0).await.unwrap();
    // The answer comes while the thread is on its way out of the queue; now it is free again.
    context.spawn_blocking("next", || ()).await.unwrap();
    blob
}

/// Takes the only thread until the sender is dropped.
async fn occupy(context: &Context) -> mpsc::Sender<()> {
    let (free, wait) = mpsc::channel();
    let (taken, is_taken) = oneshot::channel();
    drop(context.spawn_blocking("occupied", move || {
        taken.send(()).unwrap();
        let _ = wait.recv();
    }));
    is_taken.await.unwrap();
    free
}

#[test]
fn what_lies_in_memory_is_read_without_a_thread() {
    run_with(config(), async |context| {
        let blob = written(&context, b"memory").await;
        let _occupied = occupy(&context).await;
        let mut bytes = [0; 5];
        assert_eq!(blob.read_at(&mut bytes, 1).now_or_never(), Some(Ok(())));
        assert_eq!(&bytes, b"emory");
    });
}

#[test]
fn what_takes_long_to_copy_is_left_to_the_thread() {
    run_with(config(), async |context| {
        let mut bytes = vec![7; 256 * 1024 + 1];
        let blob = written(&context, &bytes).await;
        let occupied = occupy(&context).await;
        let most = &mut bytes[1..];
        assert_eq!(blob.read_at(most, 1).now_or_never(), Some(Ok(())));
        let mut read = pin!(blob.read_at(&mut bytes, 0));
        assert!(poll!(&mut read).is_pending());
        drop(occupied);
        read.await.unwrap();
    });
}

#[test]
fn a_read_behind_a_call_waits_for_it() {
    run_with(config(), async |context| {
        let blob = written(&context, b"old").await;
        let occupied = occupy(&context).await;
        let write = blob.write_at(b"new", 0);
        let mut bytes = [0; 3];
        {
            let mut read = pin!(blob.read_at(&mut bytes, 0));
            assert!(poll!(&mut read).is_pending());
            drop((occupied, write));
            read.await.unwrap();
        }
        assert_eq!(&bytes, b"new");
    });
}

#[test]
fn what_is_not_all_there_is_left_to_the_thread() {
    run_with(config(), async |context| {
        let blob = written(&context, b"short").await;
        let insufficient = Err(Error::BlobInsufficientLength);
        // First of all, while no call is under way.
        assert_eq!(blob.read_at(&mut [], 6).await, insufficient);
        assert_eq!(blob.read_at(&mut [0; 6], 0).await, insufficient);
        assert_eq!(
            blob.read_at(&mut [0], u64::MAX).await,
            Err(Error::OffsetOverflow)
        );
    });
}

/// A device that can be read, and has no end, but cannot be synced.
#[test]
fn nothing_is_read_past_a_failed_sync() {
    let directory = TempDir::new().unwrap();
    let mut config = config();
    config.storage = Some(directory.path().into());
    run_with(config, async |context| {
        context.open("p", b"y").await.unwrap();
        // The file name of the blob `x`.
        std::os::unix::fs::symlink("/dev/zero", directory.path().join("p/b78")).unwrap();
        let blob = context.open("p", b"x").await.unwrap();
        let failed = Error::BlobSyncFailed("p".into(), "x".into(), ErrorKind::InvalidInput.into());
        assert_eq!(blob.sync().await, Err(failed.clone()));
        for _ in 0..100 {
            assert_eq!(blob.read_at(&mut [0], 0).await, Err(failed.clone()));
        }
    });
}

#[test]
fn a_task_that_reads_from_memory_lets_others_run() {
    run_with(config(), async |context| {
        let blob = written(&context, b"x").await;
        let others = Arc::new(AtomicBool::new(false));
        let ran = others.clone();
        let reading = context.spawn("reading", async move {
            for _ in 0..10_000 {
                blob.read_at(&mut [0], 0).await.unwrap();
                if others.load(SeqCst) {
                    return true;
                }
            }
            false
        });
        let other = context.spawn("other", async move { ran.store(true, SeqCst) });
        assert_eq!(reading.await, Ok(true));
        other.await.unwrap();
    });
}
