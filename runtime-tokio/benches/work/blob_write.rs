//! Writing 4 KiB after 4 KiB to a file, and syncing each: this backend, and `tokio::fs`.

use runtime_tokio::{Blob, Config, Executor, Threads};
use runtime_traits::{Blob as _, Runner, Storage};
use std::time::{Duration, Instant};
use tokio::{fs::File, io::AsyncWriteExt, runtime::Builder};

const BYTES: [u8; 4096] = [7; 4096];

pub(crate) fn ours(writes: u64) -> Duration {
    with_blob(async |blob| {
        for block in 0..writes {
            write(blob, block).await;
        }
    })
}

pub(crate) fn ours_synced(writes: u64) -> Duration {
    with_blob(async |blob| {
        for block in 0..writes {
            write(blob, block).await;
            blob.sync().await.unwrap();
        }
    })
}

/// Each write has reached the system when it returns; `flush` is how `tokio::fs` says so.
pub(crate) fn by_hand(writes: u64) -> Duration {
    with_file(async |file| {
        for _ in 0..writes {
            file.write_all(&BYTES).await.unwrap();
            file.flush().await.unwrap();
        }
    })
}

pub(crate) fn by_hand_synced(writes: u64) -> Duration {
    with_file(async |file| {
        for _ in 0..writes {
            file.write_all(&BYTES).await.unwrap();
            file.sync_data().await.unwrap();
        }
    })
}

async fn write(blob: &Blob, block: u64) {
    let offset = block * BYTES.len() as u64;
    blob.write_at(&BYTES, offset).await.unwrap();
}

fn with_blob(work: impl AsyncFnOnce(&Blob)) -> Duration {
    let mut config = Config::default();
    config.threads = Threads::Current;
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let blob = context.open("bench", b"blob").await.unwrap();
        let begin = Instant::now();
        work(&blob).await;
        begin.elapsed()
    })
}

fn with_file(work: impl AsyncFnOnce(&mut File)) -> Duration {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut file = File::from_std(tempfile::tempfile().unwrap());
        let begin = Instant::now();
        work(&mut file).await;
        begin.elapsed()
    })
}
