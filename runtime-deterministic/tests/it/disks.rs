//! The disks of hosts, and what goes wrong with them.

use runtime_deterministic::{Blob, Context, Crash, DiskOp, Executor, Host};
use runtime_traits::{Blob as _, Error, Runner, Storage};

fn run<F: Future<Output = Result<(), Error>>>(
    seed: u64,
    test: impl FnOnce(Context, Host<()>) -> F,
) {
    let (runner, context, _) = Executor::seeded(seed);
    let host = context.world().host("db", async |_| ()).unwrap();
    runner.start(async { test(context, host).await.unwrap() });
}

async fn open(host: &Host<()>) -> Result<Blob, Error> {
    host.context().open("wal", b"log").await
}

fn log(host: &Host<()>) -> Vec<u8> {
    host.partition("wal").unwrap().remove(&b"log"[..]).unwrap()
}

#[test]
fn a_failed_sync_loses_what_it_was_to_write() {
    run(3, async |_, host| {
        let blob = open(&host).await?;
        blob.write_at(b"kept", 0).await?;
        blob.sync().await?;
        blob.write_at(b"lost", 0).await?;
        host.disk().fail_next(DiskOp::Sync);
        assert!(matches!(blob.sync().await, Err(Error::BlobSyncFailed(..))));
        assert_eq!(log(&host), b"kept");
        let again = open(&host).await?;
        again.sync().await?;
        assert_eq!(log(&host), b"kept", "no later sync writes it");
        host.crash(Crash::Reset).unwrap();
        assert_eq!(log(&host), b"kept");
        Ok(())
    });
}

#[test]
fn a_handle_fails_after_a_failed_sync() {
    run(3, async |_, host| {
        let blob = open(&host).await?;
        let clone = blob.clone();
        host.disk().fail_next(DiskOp::Sync);
        let failed = blob.sync().await.unwrap_err();
        assert!(matches!(failed, Error::BlobSyncFailed(..)));
        assert_eq!(clone.sync().await, Err(failed.clone()));
        assert_eq!(clone.write_at(b"x", 0).await, Err(failed.clone()));
        assert_eq!(clone.read_at(&mut [], 0).await, Err(failed.clone()));
        assert_eq!(clone.truncate(0).await, Err(failed.clone()));
        assert_eq!(clone.len().await, Err(failed.clone()));
        assert_eq!(clone.close().await, Err(failed));
        open(&host).await?.sync().await
    });
}

#[test]
fn each_call_of_fail_next_fails_one_call() {
    run(3, async |_, host| {
        let blobs = [open(&host).await?, open(&host).await?, open(&host).await?];
        host.disk().fail_next(DiskOp::Sync);
        host.disk().fail_next(DiskOp::Sync);
        let mut failed = Vec::new();
        for blob in blobs {
            failed.push(blob.close().await.is_err());
        }
        assert_eq!(failed, [true, true, false]);
        Ok(())
    });
}
