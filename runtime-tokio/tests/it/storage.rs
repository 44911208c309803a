//! Partitions and blobs in a directory of the test's own.

use crate::{log, run_with, two_workers};
use futures::{future::join_all, poll};
use runtime_tokio::{Config, ConfigError, Context, Executor};
use runtime_traits::{Blob, Error, Runner, Storage};
use std::{fs, io::ErrorKind, path::Path, pin::pin};
use tempfile::TempDir;

fn config(directory: &Path) -> Config {
    let mut config = two_workers();
    config.storage = Some(directory.into());
    config
}

/// Runs `root` on a fresh directory, whose path it is given.
fn run<T>(root: impl AsyncFnOnce(Context, &Path) -> T) -> T {
    let directory = TempDir::new().unwrap();
    let path = directory.path();
    run_with(config(path), async |context| root(context, path).await)
}

async fn contents(blob: &impl Blob) -> Vec<u8> {
    let len = blob.len().await.unwrap();
    let mut bytes = vec![0; len.try_into().unwrap()];
    blob.read_at(&mut bytes, 0).await.unwrap();
    bytes
}

#[test]
fn partition_names_are_checked_and_nothing_escapes() {
    run(async |context, path| {
        let long = "x".repeat(121);
        for name in ["", ".", "..", "a/b", "/", "a.b", "\0", "ä", ".lock", &long] {
            let invalid = Error::PartitionNameInvalid(name.into());
            assert_eq!(context.open(name, b"x").await.err(), Some(invalid.clone()));
            assert_eq!(context.remove(name, None).await, Err(invalid.clone()));
            assert_eq!(context.remove(name, Some(b"x")).await, Err(invalid.clone()));
            assert_eq!(context.scan(name).await, Err(invalid));
        }
        context.open(&"Y".repeat(120), b"../../x").await.unwrap();
        context.open("a_-9", b"/etc/x").await.unwrap();
        let mut entries: Vec<_> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        entries.sort();
        assert_eq!(entries, [".lock", &"Y".repeat(120), "a_-9"]);
    });
}

#[test]
fn blob_names_are_any_bytes_and_scan_ascends_by_bytes() {
    run(async |context, _| {
        let names = [
            &[0xff; 120][..],
            b"b",
            b"",
            b"a\0",
            b"a",
            b"..",
            b"a/b",
            b"A",
            &[0],
        ];
        for name in names {
            let blob = context.open("p", name).await.unwrap();
            blob.write_at(name, 0).await.unwrap();
        }
        let mut sorted = names.map(<[u8]>::to_vec);
        sorted.sort();
        assert_eq!(context.scan("p").await, Ok(sorted.to_vec()));
        for name in names {
            assert_eq!(
                contents(&context.open("p", name).await.unwrap()).await,
                name
            );
        }
        let long = context.open("p", &[b'x'; 121]).await.err();
        let refused = Error::BlobOpenFailed(
            "p".into(),
            "x".repeat(121),
            ErrorKind::InvalidFilename.into(),
        );
        assert_eq!(long, Some(refused));
    });
}

#[test]
fn what_was_synced_is_there_in_the_next_run() {
    let directory = TempDir::new().unwrap();
    run_with(config(directory.path()), async |context| {
        let blob = context.open("p", b"x").await.unwrap();
        blob.write_at(b"kept", 2).await.unwrap();
        blob.close().await.unwrap();
        context.open("empty", b"x").await.unwrap();
        context.remove("empty", Some(b"x")).await.unwrap();
    });
    run_with(config(directory.path()), async |context| {
        let blob = context.open("p", b"x").await.unwrap();
        assert_eq!(contents(&blob).await, b"\0\0kept");
        // A partition lives until it is removed, even when empty.
        assert_eq!(context.scan("empty").await, Ok(vec![]));
    });
}

#[test]
fn what_is_missing_is_named() {
    run(async |context, _| {
        let missing = Error::PartitionMissing("p".into());
        assert_eq!(context.scan("p").await, Err(missing.clone()));
        assert_eq!(context.remove("p", None).await, Err(missing.clone()));
        assert_eq!(context.remove("p", Some(b"x")).await, Err(missing.clone()));
        context.open("p", b"x").await.unwrap();
        let blob = Error::BlobMissing("p".into(), "00".into());
        assert_eq!(context.remove("p", Some(&[0])).await, Err(blob));
        // No file has so long a name, and no path is so long.
        for len in [200, 5_000] {
            let name = vec![b'x'; len];
            let blob = Error::BlobMissing("p".into(), "x".repeat(len));
            assert_eq!(context.remove("p", Some(&name)).await, Err(blob));
            assert_eq!(
                context.remove("q", Some(&name)).await,
                Err(Error::PartitionMissing("q".into()))
            );
        }
        assert_eq!(context.remove("p", Some(b"x")).await, Ok(()));
        assert_eq!(context.remove("p", None).await, Ok(()));
        assert_eq!(context.scan("p").await, Err(missing));
    });
}

#[test]
fn lengths_grow_with_zeros_and_shrink() {
    run(async |context, _| {
        let blob = context.open("p", b"x").await.unwrap();
        assert_eq!(blob.len().await, Ok(0));
        blob.write_at(b"", 100).await.unwrap();
        assert_eq!(blob.len().await, Ok(0));
        blob.write_at(b"ab", 3).await.unwrap();
        blob.truncate(7).await.unwrap();
        assert_eq!(contents(&blob).await, b"\0\0\0ab\0\0");
        blob.truncate(4).await.unwrap();
        blob.truncate(6).await.unwrap();
        assert_eq!(contents(&blob).await, b"\0\0\0a\0\0");
        blob.write_at(b"xyz", 2).await.unwrap();
        assert_eq!(contents(&blob).await, b"\0\0xyz\0");
    });
}

#[test]
fn ranges_are_checked() {
    run(async |context, _| {
        let blob = context.open("p", b"x").await.unwrap();
        blob.write_at(b"abc", 0).await.unwrap();
        let mut buf = [0; 2];
        assert_eq!(blob.read_at(&mut buf, 1).await, Ok(()));
        assert_eq!(&buf, b"bc");
        assert_eq!(
            blob.read_at(&mut buf, 2).await,
            Err(Error::BlobInsufficientLength)
        );
        assert_eq!(
            blob.read_at(&mut buf, u64::MAX - 2).await,
            Err(Error::BlobInsufficientLength)
        );
        assert_eq!(
            blob.read_at(&mut buf, u64::MAX - 1).await,
            Err(Error::OffsetOverflow)
        );
        assert_eq!(
            blob.write_at(&buf, u64::MAX - 1).await,
            Err(Error::OffsetOverflow)
        );
        let huge = Error::WriteFailed(ErrorKind::FileTooLarge.into());
        for offset in [u64::MAX - 2, 1 << 62, i64::MAX as u64] {
            assert_eq!(
                blob.write_at(&buf, offset).await,
                Err(huge.clone()),
                "{offset}"
            );
        }
        let huge =
            Error::BlobTruncateFailed("p".into(), "x".into(), ErrorKind::FileTooLarge.into());
        for len in [u64::MAX, 1 << 63, 1 << 62] {
            assert_eq!(blob.truncate(len).await, Err(huge.clone()), "{len}");
        }
        assert_eq!(contents(&blob).await, b"abc");
    });
}

#[test]
fn handles_survive_a_remove_and_a_new_blob_is_fresh() {
    run(async |context, _| {
        for whole in [false, true] {
            let old = context.open("p", b"x").await.unwrap();
            old.write_at(b"old", 0).await.unwrap();
            let name = (!whole).then_some(&b"x"[..]);
            context.remove("p", name).await.unwrap();
            let new = context.open("p", b"x").await.unwrap();
            assert_eq!(new.len().await, Ok(0));
            old.write_at(b"er", 3).await.unwrap();
            old.sync().await.unwrap();
            assert_eq!(contents(&old).await, b"older");
            assert_eq!(new.len().await, Ok(0));
        }
    });
}

#[test]
fn calls_take_effect_in_the_order_in_which_they_were_made() {
    run(async |context, _| {
        let blob = context.open("p", b"x").await.unwrap();
        for _ in 0..100 {
            let clone = blob.clone();
            let mut early = [0];
            let truncate = blob.truncate(0);
            let first = clone.write_at(b"1", 0);
            let read = blob.read_at(&mut early, 0);
            let second = clone.write_at(b"2", 0);
            let len = blob.len();
            // Polled in another order.
            assert_eq!(len.await, Ok(1));
            second.await.unwrap();
            read.await.unwrap();
            first.await.unwrap();
            truncate.await.unwrap();
            assert_eq!(&early, b"1");
            assert_eq!(contents(&blob).await, b"2");
        }
    });
}

#[test]
fn concurrent_calls_never_tear() {
    run(async |context, _| {
        const LEN: usize = 1 << 18;
        let blob = context.open("p", b"x").await.unwrap();
        blob.truncate(LEN as u64).await.unwrap();
        let calls = (0..40_u8).map(|byte| {
            let blob = blob.clone();
            async move {
                blob.write_at(&vec![byte; LEN], 0).await.unwrap();
                let mut read = vec![0; LEN];
                blob.read_at(&mut read, 0).await.unwrap();
                assert!(read.iter().all(|other| *other == read[0]), "torn");
            }
        });
        join_all(calls).await;
    });
}

#[test]
fn a_dropped_call_takes_effect_whole_and_before_later_ones() {
    run(async |context, _| {
        let blob = context.open("p", b"x").await.unwrap();
        for round in 0..100_u8 {
            let bytes = vec![round; 1 << 16];
            drop(blob.truncate(0));
            {
                let write = pin!(blob.write_at(&bytes, 0));
                let _ = poll!(write);
            }
            assert!(contents(&blob).await == bytes, "round {round}");
        }
    });
}

#[test]
fn a_call_that_the_end_overtakes_is_made_or_dropped_and_not_waited_for() {
    log::keep();
    let mut kept = Vec::new();
    for _ in 0..50 {
        run_with(two_workers(), async |context| {
            let blob = context.open("p", b"overtaken").await.unwrap();
            drop(blob.write_at(b"x", 0));
            // It outlives the run, and with it what waits in its queue.
            kept.push(blob);
        });
    }
    assert_eq!(log::with("blob overtaken"), Vec::<String>::new());
}

#[test]
fn close_releases_one_clone_and_drop_none_of_the_others() {
    run(async |context, _| {
        let blob = context.open("p", b"x").await.unwrap();
        let clone = blob.clone();
        clone.write_at(b"a", 0).await.unwrap();
        clone.close().await.unwrap();
        drop(blob.clone());
        blob.write_at(b"b", 1).await.unwrap();
        assert_eq!(contents(&blob).await, b"ab");
    });
}

/// A device cannot be synced.
#[cfg(unix)]
#[test]
fn a_handle_fails_after_a_failed_sync_until_it_is_reopened() {
    run(async |context, path| {
        context.open("p", b"y").await.unwrap();
        // The file name of the blob `x`.
        std::os::unix::fs::symlink("/dev/null", path.join("p/b78")).unwrap();
        let blob = context.open("p", b"x").await.unwrap();
        blob.write_at(b"lost", 0).await.unwrap();
        let failed = Error::BlobSyncFailed("p".into(), "x".into(), ErrorKind::InvalidInput.into());
        assert_eq!(blob.sync().await, Err(failed.clone()));
        let clone = blob.clone();
        assert_eq!(clone.sync().await, Err(failed.clone()));
        assert_eq!(clone.write_at(b"x", 0).await, Err(failed.clone()));
        assert_eq!(clone.read_at(&mut [], 0).await, Err(failed.clone()));
        assert_eq!(clone.truncate(0).await, Err(failed.clone()));
        assert_eq!(clone.len().await, Err(failed.clone()));
        assert_eq!(clone.close().await, Err(failed));
        let reopened = context.open("p", b"x").await.unwrap();
        assert_eq!(reopened.write_at(b"x", 0).await, Ok(()));
        // Closing syncs.
        let failed = Error::BlobSyncFailed("p".into(), "x".into(), ErrorKind::InvalidInput.into());
        assert_eq!(reopened.close().await, Err(failed));
    });
}

#[test]
fn what_is_no_blob_or_partition_is_told() {
    run(async |context, path| {
        context.open("p", b"x").await.unwrap();
        fs::write(path.join("p/notes.txt"), "mine").unwrap();
        let corrupt = Error::PartitionCorrupt("p".into(), ErrorKind::InvalidData.into());
        assert_eq!(context.scan("p").await, Err(corrupt.clone()));
        fs::remove_file(path.join("p/notes.txt")).unwrap();
        fs::create_dir(path.join("p/b61")).unwrap();
        assert_eq!(context.scan("p").await, Err(corrupt));
        let open = context.open("p", b"a").await.err();
        let refused = Error::BlobOpenFailed("p".into(), "a".into(), ErrorKind::IsADirectory.into());
        assert_eq!(open, Some(refused));

        fs::write(path.join("file"), "").unwrap();
        let open = context.open("file", b"a").await.err();
        let refused =
            Error::PartitionCreationFailed("file".into(), ErrorKind::AlreadyExists.into());
        assert_eq!(open, Some(refused));
        let scan = context.scan("file").await;
        assert_eq!(
            scan,
            Err(Error::PartitionCorrupt(
                "file".into(),
                ErrorKind::NotADirectory.into()
            ))
        );
    });
}

#[test]
fn a_directory_serves_one_run_at_a_time() {
    let directory = TempDir::new().unwrap();
    let (runner, context) = Executor::init(config(directory.path()));
    let second = Executor::try_init(config(directory.path()));
    assert!(matches!(second, Err(ConfigError::StorageInUse { .. })));
    runner.start(async { drop(context.open("p", b"x").await.unwrap()) });
    Executor::try_init(config(directory.path())).unwrap();
}

#[test]
fn a_directory_that_cannot_be_used_is_refused_at_once() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let refused = Executor::try_init(config(&path)).err().unwrap();
        assert!(matches!(refused, ConfigError::Storage { .. }), "{refused}");
        assert!(
            refused.to_string().contains(path.to_str().unwrap()),
            "{refused}"
        );
    }
    let deep = directory.path().join("made/with/parents");
    run_with(config(&deep), async |context| {
        context.open("p", b"x").await.unwrap();
    });
    assert!(deep.join("p/b78").is_file());
}

#[test]
fn what_a_killed_run_was_removing_is_gone_in_the_next() {
    let directory = TempDir::new().unwrap();
    let left = directory.path().join(".removed-p");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("b78"), "old").unwrap();
    run_with(config(directory.path()), async |context| {
        assert!(!left.exists());
        context.open("p", b"x").await.unwrap();
        context.remove("p", None).await.unwrap();
        assert!(!left.exists());
    });
}

#[test]
fn the_default_directory_is_made_at_the_first_open_and_goes_with_the_run() {
    let temporary = TempDir::new().unwrap();
    // The temporary directory is the process's: ask for the paths of this run's files instead.
    let open = run_with(two_workers(), async |context| {
        assert_eq!(
            context.scan("p").await,
            Err(Error::PartitionMissing("p".into()))
        );
        let blob = context.open("default-directory", b"x").await.unwrap();
        blob.write_at(b"here", 0).await.unwrap();
        let found = directories_with("default-directory");
        assert_eq!(found.len(), 1, "{found:?}");
        found
    });
    drop(temporary);
    assert!(open.iter().all(|directory| !directory.exists()));
}

fn directories_with(partition: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    let own = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("runtime-tokio-") && path.join(partition).is_dir()
    };
    entries.map(|entry| entry.path()).filter(own).collect()
}

/// Where nothing can be made the system says that nothing is there.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_cannot_be_made_is_refused() {
    let mut config = Config::default();
    config.storage = Some("/proc/store/data".into());
    let refused = Executor::try_init(config).unwrap_err();
    assert!(matches!(refused, ConfigError::Storage { .. }), "{refused}");
}
