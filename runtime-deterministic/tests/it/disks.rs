//! The disks of hosts, and what goes wrong with them.

use runtime_deterministic::{
    Blob, Context, Crash, DiskFaults, DiskOp, Executor, FaultKind, Host, Ratio,
};
use runtime_traits::{Blob as _, Clock, Error, Runner, Spawner, Storage};
use std::{
    future::{pending, poll_fn},
    io::ErrorKind,
    pin::pin,
    task::Poll,
    time::Duration,
};

const PAGE: usize = 4096;
const SECOND: Duration = Duration::from_secs(1);

fn run<T, F: Future<Output = Result<T, Error>>>(
    seed: u64,
    test: impl FnOnce(Context, Host<()>) -> F,
) -> T {
    let (runner, context, _) = Executor::seeded(seed);
    let host = context.world().host("db", async |_| ()).unwrap();
    runner.start(async { test(context, host).await.unwrap() })
}

async fn open(host: &Host<()>) -> Result<Blob, Error> {
    host.context().open("wal", b"log").await
}

fn log(host: &Host<()>) -> Vec<u8> {
    host.partition("wal").unwrap().remove(&b"log"[..]).unwrap()
}

/// A blob with these bytes, durable.
async fn written(host: &Host<()>, bytes: &[u8]) -> Result<Blob, Error> {
    let blob = open(host).await?;
    blob.write_at(bytes, 0).await?;
    blob.sync().await?;
    Ok(blob)
}

async fn read(blob: &Blob) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; blob.len().await? as usize];
    blob.read_at(&mut bytes, 0).await?;
    Ok(bytes)
}

fn errors(op: DiskOp, ratio: Ratio) -> DiskFaults {
    DiskFaults {
        errors: [(op, ratio)].into(),
        ..DiskFaults::default()
    }
}

#[test]
fn each_call_fails_with_its_own_error() {
    run(3, async |_, host| {
        let (disk, inside) = (host.disk(), host.context());
        let blob = written(&host, b"abc").await?;
        let fail = |op| disk.set(errors(op, Ratio::ALWAYS)).unwrap();
        fail(DiskOp::Open);
        assert!(matches!(open(&host).await, Err(Error::BlobOpenFailed(..))));
        assert_eq!(blob.len().await, Ok(3));
        fail(DiskOp::Remove);
        let removed = inside.remove("wal", None).await;
        assert!(matches!(removed, Err(Error::PartitionCorrupt(..))));
        fail(DiskOp::Scan);
        let found = inside.scan("wal").await;
        assert!(matches!(found, Err(Error::PartitionCorrupt(..))));
        fail(DiskOp::Len);
        assert!(matches!(blob.len().await, Err(Error::ReadFailed(_))));
        fail(DiskOp::Read);
        let unread = blob.read_at(&mut [0; 3], 0).await;
        assert!(matches!(unread, Err(Error::ReadFailed(_))));
        fail(DiskOp::Write);
        let unwritten = blob.write_at(b"xyz", 0).await;
        assert!(matches!(unwritten, Err(Error::WriteFailed(_))));
        fail(DiskOp::Truncate);
        let untruncated = blob.truncate(1).await;
        assert!(matches!(untruncated, Err(Error::BlobTruncateFailed(..))));
        assert_eq!(read(&blob).await?, b"abc");
        fail(DiskOp::Sync);
        assert!(matches!(blob.sync().await, Err(Error::BlobSyncFailed(..))));
        disk.set(DiskFaults::default()).unwrap();
        assert_eq!(inside.scan("wal").await, Ok(vec![b"log".to_vec()]));
        Ok(())
    });
}

#[test]
fn errors_come_as_often_as_is_set() {
    let failed = |seed| {
        run(seed, async |_, host| {
            let blob = written(&host, b"abc").await?;
            let faults = errors(DiskOp::Read, Ratio::new(1, 4));
            host.disk().set(faults).unwrap();
            let mut failed = Vec::new();
            for call in 0..1_000 {
                match blob.read_at(&mut [0], 0).await {
                    Ok(_) => {}
                    Err(Error::ReadFailed(_)) => failed.push(call),
                    Err(error) => return Err(error),
                }
            }
            Ok(failed)
        })
    };
    assert!((200..300).contains(&failed(1).len()), "{}", failed(1).len());
    assert_eq!(failed(1), failed(1));
    assert_ne!(failed(1), failed(2));
}

#[test]
fn a_failed_write_may_have_written_some_of_its_pages() {
    let lens = (0..40).map(|seed| {
        run(seed, async |_, host| {
            let blob = open(&host).await?;
            host.disk().fail_next(DiskOp::Write);
            let failed = blob.write_at(&[1; 3 * PAGE], 100).await;
            assert!(matches!(failed, Err(Error::WriteFailed(_))));
            blob.len().await
        })
    });
    let lens: std::collections::BTreeSet<_> = lens.collect();
    assert_eq!(lens.into_iter().collect::<Vec<_>>(), [0, 4096, 8192, 12288]);
}

#[test]
fn a_failed_sync_loses_what_it_was_to_write() {
    run(3, async |_, host| {
        let blob = written(&host, b"kept").await?;
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
fn what_a_failed_sync_lost_is_seen_until_it_is_evicted() {
    let reads = |seed| {
        run(seed, async |_, host| {
            let blob = written(&host, &[1; 8 * PAGE]).await?;
            blob.write_at(&[2; 8 * PAGE], 0).await?;
            host.disk().fail_next(DiskOp::Sync);
            assert!(matches!(blob.sync().await, Err(Error::BlobSyncFailed(..))));
            let again = open(&host).await?;
            Ok((read(&again).await?, log(&host)))
        })
    };
    let reads: Vec<_> = (0..20).map(reads).collect();
    let pages = |(seen, disk): &(Vec<u8>, Vec<u8>)| {
        let pairs = seen.chunks(PAGE).zip(disk.chunks(PAGE));
        pairs
            .map(|(seen, disk)| (seen[0], disk[0]))
            .collect::<Vec<_>>()
    };
    let pages: Vec<_> = reads.iter().flat_map(pages).collect();
    for case in [(2, 1), (2, 2), (1, 1)] {
        assert!(
            pages.contains(&case),
            "seen and on the disk: never {case:?}"
        );
    }
    assert!(!pages.contains(&(1, 2)));
}

#[test]
fn each_handle_hears_of_a_failed_sync_once() {
    run(3, async |_, host| {
        let (blob, other) = (open(&host).await?, open(&host).await?);
        let clone = blob.clone();
        host.disk().fail_next(DiskOp::Sync);
        let failed = blob.sync().await.unwrap_err();
        assert!(matches!(failed, Error::BlobSyncFailed(..)));
        assert_eq!(clone.sync().await, Err(failed.clone()));
        assert_eq!(clone.write_at(b"x", 0).await, Err(failed.clone()));
        assert_eq!(clone.read_at(&mut [], 0).await, Err(failed.clone()));
        assert_eq!(clone.truncate(0).await, Err(failed.clone()));
        assert_eq!(clone.len().await, Err(failed.clone()));
        assert_eq!(clone.close().await, Err(failed.clone()));
        assert_eq!(other.len().await, Ok(0));
        assert_eq!(other.sync().await, Err(failed.clone()));
        assert_eq!(other.len().await, Err(failed));
        open(&host).await?.sync().await
    });
}

#[test]
fn each_call_of_fail_next_fails_one_call() {
    run(3, async |_, host| {
        let blob = written(&host, b"abc").await?;
        host.disk().fail_next(DiskOp::Read);
        host.disk().fail_next(DiskOp::Read);
        let mut failed = Vec::new();
        for _ in 0..3 {
            let read = blob.read_at(&mut [0], 0).await;
            failed.push(matches!(read, Err(Error::ReadFailed(_))));
        }
        assert_eq!(failed, [true, true, false]);
        Ok(())
    });
}

#[test]
fn a_full_disk_takes_what_it_has_room_for() {
    run(3, async |_, host| {
        let full = Err(Error::WriteFailed(ErrorKind::StorageFull.into()));
        let blob = written(&host, &[1; PAGE]).await?;
        let faults = DiskFaults {
            capacity: Some(3 * PAGE as u64),
            ..DiskFaults::default()
        };
        host.disk().set(faults).unwrap();
        assert_eq!(blob.write_at(&[2; 4 * PAGE], 100).await, full);
        assert_eq!(blob.len().await, Ok(3 * PAGE as u64));
        assert_eq!(blob.write_at(b"x", 3 * PAGE as u64).await, full);
        blob.write_at(&[3; PAGE], 7).await?;
        blob.truncate(1 << 40).await?;
        let other = host.context().open("wal", b"other").await?;
        assert_eq!(other.write_at(b"x", 0).await, full);
        blob.truncate(2 * PAGE as u64).await?;
        other.write_at(b"x", 0).await?;
        drop(other);
        host.context().remove("wal", Some(b"other")).await?;
        blob.write_at(b"x", 2 * PAGE as u64).await
    });
}

#[test]
fn calls_take_as_long_as_is_set() {
    run(3, async |context, host| {
        let blob = open(&host).await?;
        let ms = Duration::from_millis;
        let faults = DiskFaults {
            latency: [
                (DiskOp::Sync, ms(7)..=ms(7)),
                (DiskOp::Write, ms(9)..=ms(3)),
            ]
            .into(),
            ..DiskFaults::default()
        };
        host.disk().set(faults).unwrap();
        let mut writes = Vec::new();
        for _ in 0..100 {
            let before = context.monotonic();
            blob.write_at(b"x", 0).await?;
            let between = context.monotonic();
            blob.sync().await?;
            assert_eq!(context.monotonic() - between, ms(7));
            writes.push(between - before);
        }
        let (least, most) = (writes.iter().min(), writes.iter().max());
        assert!(least >= Some(&ms(3)) && least < Some(&ms(4)), "{least:?}");
        assert!(most <= Some(&ms(9)) && most > Some(&ms(8)), "{most:?}");
        Ok(())
    });
}

#[test]
fn a_disk_that_stalls_answers_nobody() {
    run(3, async |context, host| {
        let blob = written(&host, b"abc").await?;
        let stalling = DiskFaults {
            stalls: Ratio::ALWAYS,
            stall: 5 * SECOND..=5 * SECOND,
            ..DiskFaults::default()
        };
        host.disk().set(stalling).unwrap();
        let before = context.monotonic();
        let reader = blob.clone();
        let stalled = context.spawn("reader", async move { reader.len().await });
        context.sleep(SECOND).await;
        host.disk().set(DiskFaults::default()).unwrap();
        blob.read_at(&mut [0], 0).await?;
        assert!(context.monotonic() - before >= 5 * SECOND);
        assert_eq!(stalled.await, Ok(Ok(3)));
        let after = context.monotonic();
        blob.read_at(&mut [0], 0).await?;
        assert!(context.monotonic() - after < SECOND);
        Ok(())
    });
}

#[test]
fn a_bit_that_turned_stays_so_until_its_page_is_written() {
    run(3, async |_, host| {
        let blob = written(&host, &[0; 2 * PAGE]).await?;
        let rotting = DiskFaults {
            bit_rot: Ratio::ALWAYS,
            ..DiskFaults::default()
        };
        host.disk().set(rotting).unwrap();
        let rotten = read(&blob).await?;
        let ones: u32 = rotten.iter().map(|byte| byte.count_ones()).sum();
        assert_eq!(ones, 1);
        host.disk().set(DiskFaults::default()).unwrap();
        assert_eq!((read(&blob).await?, log(&host)), (rotten.clone(), rotten));
        blob.write_at(&[0; 2 * PAGE], 0).await?;
        blob.sync().await?;
        assert_eq!(log(&host), [0; 2 * PAGE]);
        Ok(())
    });
}

#[test]
fn a_lost_write_is_missed_after_a_crash() {
    run(3, async |_, host| {
        let blob = written(&host, &[1; PAGE]).await?;
        let losing = DiskFaults {
            lost_writes: Ratio::ALWAYS,
            ..DiskFaults::default()
        };
        host.disk().set(losing).unwrap();
        blob.write_at(&[2; 2 * PAGE], 0).await?;
        assert_eq!(blob.sync().await, Ok(()));
        let mut left = vec![1; PAGE];
        left.resize(2 * PAGE, 0);
        assert_eq!(log(&host), left);
        host.crash(Crash::Silent).unwrap();
        assert_eq!(log(&host), left);
        Ok(())
    });
}

#[test]
fn a_misdirected_write_goes_over_another_page() {
    run(3, async |_, host| {
        let other = host.context().open("wal", b"other").await?;
        other.write_at(&[7; 100], 0).await?;
        other.sync().await?;
        let blob = written(&host, &[1; PAGE]).await?;
        let misdirecting = DiskFaults {
            misdirected_writes: Ratio::ALWAYS,
            ..DiskFaults::default()
        };
        host.disk().set(misdirecting).unwrap();
        blob.write_at(&[2; PAGE], 0).await?;
        assert_eq!(blob.sync().await, Ok(()));
        assert_eq!(log(&host), [1; PAGE]);
        let partition = host.partition("wal").unwrap();
        assert_eq!(partition[&b"other"[..]], [2; 100]);
        host.disk().set(DiskFaults::default()).unwrap();
        let (mut seen, mut reads) = (read(&other).await?, 0);
        while seen == [7; 100] && reads < 100 {
            (seen, reads) = (read(&other).await?, reads + 1);
        }
        assert_eq!(seen, [2; 100], "the page is evicted some time");
        Ok(())
    });
}

/// Where there is one page there is no other to go over: it is lost, which is another fault.
#[test]
fn a_misdirected_write_counts_where_it_goes_over_another() {
    for (pages, struck) in [(1, false), (2, true)] {
        let (runner, context, auditor) = Executor::seeded(3);
        runner.start(async {
            let host = context.world().host("db", async |_| ()).unwrap();
            let blob = written(&host, &vec![1; pages * PAGE]).await.unwrap();
            let misdirecting = DiskFaults {
                misdirected_writes: Ratio::ALWAYS,
                ..DiskFaults::default()
            };
            host.disk().set(misdirecting).unwrap();
            blob.write_at(&[2; PAGE], 0).await.unwrap();
            blob.sync().await.unwrap();
            assert_eq!(log(&host)[..PAGE], [1; PAGE]);
        });
        let fired = auditor.fired();
        assert_eq!(
            fired.contains_key(&FaultKind::Misdirect),
            struck,
            "{fired:?}"
        );
    }
}

#[test]
fn a_call_that_a_crash_overtakes_is_not_answered() {
    let mut overtaken = 0;
    for seed in 0..40 {
        overtaken += run(seed, async |_, host| {
            let blob = written(&host, b"old").await?;
            let mut write = pin!(blob.write_at(b"new", 0));
            let answered = poll_fn(|cx| Poll::Ready(write.as_mut().poll(cx).is_ready())).await;
            if answered {
                return Ok(0);
            }
            host.crash(Crash::Reset).unwrap();
            assert_eq!(write.await, Err(Error::Closed), "seed {seed}");
            Ok(1)
        });
    }
    // Of most the disk lets others run first, and of some time passes.
    assert!(overtaken > 20, "{overtaken}");
}

#[test]
fn a_crash_leaves_an_open_or_a_removal_done_or_not() {
    let left = |seed, removes: bool| {
        run(seed, async |context, host| {
            drop(host.context().open("old", b"log").await?);
            let inside = host.context();
            let asked = context.spawn("asked", async move {
                match removes {
                    true => drop(inside.remove("old", None).await),
                    false => drop(inside.open("new", b"log").await),
                }
            });
            context.sleep(Duration::from_micros(50)).await;
            host.crash(Crash::Reset).unwrap();
            asked.await?;
            let there = host.partition("new").map(|blobs| blobs[&b"log"[..]].len());
            assert!(there.is_none_or(|len| len == 0));
            Ok((host.partition("old").is_some(), there.is_some()))
        })
    };
    let opened: Vec<_> = (0..20).map(|seed| left(seed, false)).collect();
    assert!(opened.contains(&(true, true)) && opened.contains(&(true, false)));
    let removed: Vec<_> = (0..20).map(|seed| left(seed, true)).collect();
    assert!(removed.contains(&(true, false)) && removed.contains(&(false, false)));
}

#[test]
fn an_open_that_was_given_up_is_not_made_by_a_crash() {
    for seed in 0..10 {
        run(seed, async |context, host| {
            let limit = Duration::from_micros(50);
            let inside = host.context();
            let opened = context.timeout(limit, inside.open("new", b"log")).await;
            assert!(matches!(opened, Err(Error::Timeout)));
            host.crash(Crash::Reset).unwrap();
            assert_eq!(host.partition("new"), None);
            Ok(())
        });
    }
}

#[test]
fn a_disk_on_which_nothing_is_set_works_as_one_that_was_never_touched() {
    let left = |touched: bool| {
        run(9, async |context, host| {
            if touched {
                host.disk().set(DiskFaults::default()).unwrap();
            }
            let blob = written(&host, &[1; 2 * PAGE]).await?;
            blob.write_at(&[2; 2 * PAGE], 0).await?;
            read(&blob).await?;
            host.crash(Crash::Reset).unwrap();
            Ok((context.monotonic(), log(&host)))
        })
    };
    assert_eq!(left(false), left(true));
}

#[test]
fn holes_cost_nothing() {
    run(3, async |_, host| {
        let blob = open(&host).await?;
        blob.truncate(1 << 30).await?;
        blob.write_at(b"x", (1 << 30) - 1).await?;
        blob.sync().await?;
        assert_eq!(log(&host).len(), 1 << 30);
        Ok(())
    });
}

#[test]
#[should_panic(expected = "read its blobs through Host::context")]
fn a_partition_that_is_too_long_is_not_copied() {
    run(3, async |_, host| {
        let blob = open(&host).await?;
        blob.truncate(1 << 44).await?;
        blob.sync().await?;
        host.partition("wal");
        pending::<Result<(), Error>>().await
    });
}
