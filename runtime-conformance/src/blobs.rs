//! What a blob holds: reads, writes, lengths, and the order of calls on one handle.

use runtime_traits::{Blob, Error, Runner, Spawner, Storage};
use std::{
    future::poll_fn,
    io::ErrorKind,
    pin::{Pin, pin},
    task::Poll,
};

async fn blob<C: Storage>(context: &C) -> C::Blob {
    let opened = context.open("blobs", b"blob").await;
    opened.expect("it is made")
}

async fn content<B: Blob>(blob: &B) -> Vec<u8> {
    let len = blob.len().await.expect("the disk works");
    let mut bytes = vec![0xee; len as usize];
    blob.read_at(&mut bytes, 0).await.expect("so long it is");
    bytes
}

/// Polls once, in the task of the caller.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// What is written is read, at each offset, and overwritten in place.
pub fn what_is_written_is_read<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"hello world", 0)
            .await
            .expect("there is room");
        blob.write_at(b"there", 6).await.expect("there is room");
        let mut middle = [0; 6];
        assert_eq!(blob.read_at(&mut middle, 3).await, Ok(()));
        assert_eq!(&middle, b"lo the");
        assert_eq!(content(&blob).await, b"hello there");
    });
}

/// `len` follows every write and every change of the length.
pub fn len_is_the_end_of_the_blob<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"abc", 2).await.expect("there is room");
        assert_eq!(blob.len().await, Ok(5));
        blob.write_at(b"abc", 0).await.expect("there is room");
        assert_eq!(blob.len().await, Ok(5));
        blob.truncate(9).await.expect("there is room");
        assert_eq!(blob.len().await, Ok(9));
        blob.truncate(1).await.expect("it is longer");
        assert_eq!(blob.len().await, Ok(1));
    });
}

/// The gap between the old end and a write reads as zeros.
pub fn a_gap_reads_as_zeros<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"a", 0).await.expect("there is room");
        blob.write_at(b"b", 10_000).await.expect("there is room");
        let read = content(&blob).await;
        assert_eq!((read.len(), read[0], read[10_000]), (10_001, b'a', b'b'));
        assert!(read[1..10_000].iter().all(|byte| *byte == 0));
    });
}

/// `truncate` past the end extends with zeros, also over what was cut off before.
pub fn truncate_extends_with_zeros<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"abcdef", 0).await.expect("there is room");
        blob.truncate(2).await.expect("it is longer");
        blob.truncate(6).await.expect("there is room");
        assert_eq!(content(&blob).await, b"ab\0\0\0\0");
    });
}

/// An empty write changes nothing, wherever it is.
pub fn an_empty_write_changes_nothing<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"abc", 0).await.expect("there is room");
        for offset in [0, 1, 3, 100] {
            assert_eq!(blob.write_at(b"", offset).await, Ok(()));
        }
        assert_eq!(content(&blob).await, b"abc");
        blob.close().await.expect("the disk works");
        let again = self::blob(&context).await;
        assert_eq!(content(&again).await, b"abc", "opened again");
    });
}

/// A read that reaches past the end is [`Error::BlobInsufficientLength`].
pub fn a_read_past_the_end_is_insufficient_length<R: Runner, C: Storage>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"abc", 0).await.expect("there is room");
        for (len, offset) in [(4, 0), (1, 3), (2, 2), (1, 1 << 40), (8, u64::MAX - 8)] {
            let read = blob.read_at(&mut vec![0; len], offset).await;
            assert_eq!(
                read,
                Err(Error::BlobInsufficientLength),
                "{len} at {offset}"
            );
        }
        assert_eq!(blob.read_at(&mut [], 3).await, Ok(()), "nothing at the end");
    });
}

/// Where offset and length add up to more than `u64::MAX`, a call is [`Error::OffsetOverflow`].
pub fn an_overflowing_offset_is_offset_overflow<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        let overflow = Err(Error::OffsetOverflow);
        assert_eq!(blob.write_at(b"ab", u64::MAX - 1).await, overflow);
        assert_eq!(blob.read_at(&mut [0; 2], u64::MAX - 1).await, overflow);
        assert_eq!(blob.write_at(b"a", u64::MAX).await, overflow);
        assert_eq!(blob.read_at(&mut [0], u64::MAX).await, overflow);
        assert_eq!(blob.len().await, Ok(0));
    });
}

/// A length that no disk holds is an error of kind `FileTooLarge`, and changes nothing.
pub fn a_length_that_no_disk_holds_is_too_large<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"abc", 0).await.expect("there is room");
        let too_large = Error::WriteFailed(ErrorKind::FileTooLarge.into());
        assert_eq!(
            blob.write_at(b"a", u64::MAX - 1).await,
            Err(too_large.clone())
        );
        assert_eq!(blob.write_at(b"a", i64::MAX as u64).await, Err(too_large));
        match blob.truncate(u64::MAX).await {
            Err(Error::BlobTruncateFailed(partition, name, cause)) => {
                let named = (partition.as_str(), name.as_str(), cause.kind());
                assert_eq!(named, ("blobs", "blob", ErrorKind::FileTooLarge));
            }
            other => panic!("expected BlobTruncateFailed, got {other:?}"),
        }
        assert_eq!(content(&blob).await, b"abc");
    });
}

/// Clones share one handle: what one wrote the other reads, before any sync.
pub fn clones_share_one_handle<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        let clone = blob.clone();
        blob.write_at(b"abc", 0).await.expect("there is room");
        assert_eq!(content(&clone).await, b"abc");
        clone.truncate(1).await.expect("it is longer");
        assert_eq!(content(&blob).await, b"a");
    });
}

/// Calls take effect in the order in which they were made, whichever is awaited first.
pub fn calls_on_one_handle_keep_their_order<R: Runner, C: Storage>((runner, context): (R, C)) {
    const LEN: usize = 20_000;
    runner.start(async {
        let blob = blob(&context).await;
        for round in 0..20_u8 {
            let (one, other) = (vec![round; LEN], vec![!round; LEN]);
            let mut first = pin!(blob.write_at(&one, 0));
            let mut second = pin!(blob.write_at(&other, 0));
            let begun = poll_once(first.as_mut()).await;
            let followed = poll_once(second.as_mut()).await;
            let mut read = vec![0; LEN];
            let reading = blob.read_at(&mut read, 0).await;
            assert_eq!(reading, Ok(()));
            assert!(read == other, "round {round}: the read overtook a write");
            if followed.is_pending() {
                second.await.expect("there is room");
            }
            if begun.is_pending() {
                first.await.expect("there is room");
            }
            assert!(
                content(&blob).await == other,
                "round {round}: a write overtook another"
            );
        }
    });
}

/// Concurrent calls never tear: a read sees all of a write or nothing of it.
pub fn concurrent_calls_never_tear<R: Runner, C: Storage + Spawner>((runner, context): (R, C)) {
    const LEN: usize = 20_000;
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(&[0; LEN], 0).await.expect("there is room");
        let writers: Vec<_> = (1..=3_u8)
            .map(|byte| {
                let blob = blob.clone();
                context.spawn("writer", async move {
                    for _ in 0..20 {
                        blob.write_at(&[byte; LEN], 0).await.expect("there is room");
                    }
                })
            })
            .collect();
        for _ in 0..20 {
            let mut read = vec![0; LEN];
            blob.read_at(&mut read, 0).await.expect("so long it is");
            assert!(read.iter().all(|byte| *byte == read[0]), "a torn read");
        }
        for writer in writers {
            writer.await.expect("the task returns");
        }
        let read = content(&blob).await;
        assert!(read.iter().all(|byte| *byte == read[0]), "a torn write");
    });
}

/// A dropped `write_at` takes effect wholly or not at all, before every later call on the handle.
pub fn a_dropped_write_is_whole_or_nothing<R: Runner, C: Storage>((runner, context): (R, C)) {
    const LEN: usize = 20_000;
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(&[0; LEN], 0).await.expect("there is room");
        for round in 1..20_u8 {
            let bytes = [round; LEN];
            let mut cut_off = Box::pin(blob.write_at(&bytes, 0));
            let _ = poll_once(cut_off.as_mut()).await;
            drop(cut_off);
            let read = content(&blob).await;
            assert!(
                read.iter().all(|byte| *byte == read[0]),
                "round {round}: a part of it"
            );
            blob.write_at(&[0xff], 0).await.expect("there is room");
            let later = content(&blob).await;
            assert!(
                later[0] == 0xff && later[1..] == read[1..],
                "round {round}: it came late"
            );
            blob.write_at(&[0; LEN], 0).await.expect("there is room");
        }
    });
}

/// A dropped `truncate` takes effect wholly or not at all, before every later call on the handle.
pub fn a_dropped_truncate_comes_before_later_calls<R: Runner, C: Storage>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let blob = blob(&context).await;
        for _ in 0..20 {
            blob.write_at(&[7; 1_000], 0).await.expect("there is room");
            let mut cut_off = Box::pin(blob.truncate(10));
            let _ = poll_once(cut_off.as_mut()).await;
            drop(cut_off);
            let len = blob.len().await.expect("the disk works");
            assert!(len == 10 || len == 1_000, "{len}");
            blob.truncate(500).await.expect("there is room");
            blob.sync().await.expect("the disk works");
            assert_eq!(blob.len().await, Ok(500), "the dropped call came late");
        }
    });
}

/// A dropped `sync` harms nobody: the handle works on, and a later sync syncs.
pub fn a_dropped_sync_leaves_the_handle_working<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        for round in 0..20_u8 {
            blob.write_at(&[round], 0).await.expect("there is room");
            let mut cut_off = Box::pin(blob.sync());
            let _ = poll_once(cut_off.as_mut()).await;
            drop(cut_off);
            assert_eq!(blob.write_at(&[!round], 1).await, Ok(()));
            assert_eq!(blob.sync().await, Ok(()));
            assert_eq!(content(&blob).await, [round, !round]);
        }
    });
}

/// `close` releases its own clone only, after a sync.
pub fn close_releases_its_clone_only<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = blob(&context).await;
        blob.write_at(b"abc", 0).await.expect("there is room");
        assert_eq!(blob.clone().close().await, Ok(()));
        blob.write_at(b"d", 3).await.expect("this clone is open");
        assert_eq!(blob.close().await, Ok(()));
        let again = self::blob(&context).await;
        assert_eq!(content(&again).await, b"abcd");
    });
}
