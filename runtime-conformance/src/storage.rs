//! Partitions and their blobs: names, `open`, `remove`, `scan`. What a blob holds is in
//! [`blobs`](crate::blobs).

use crate::outside::block_on;
use runtime_traits::{Blob, Error, Runner, Storage};
use std::io::ErrorKind;

/// `open` creates what is missing, empty, and `scan` then lists it.
pub fn open_creates_an_empty_blob<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = context.open("fresh", b"blob").await.expect("it is made");
        assert_eq!(blob.len().await, Ok(0));
        assert_eq!(context.scan("fresh").await, Ok(vec![b"blob".to_vec()]));
    });
}

/// What was written and synced is there when the blob is opened again.
pub fn open_finds_what_was_synced<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = context.open("again", b"blob").await.expect("it is made");
        blob.write_at(b"hello", 0).await.expect("there is room");
        blob.sync().await.expect("the disk works");
        drop(blob);
        let blob = context.open("again", b"blob").await.expect("it is there");
        let mut read = [0; 5];
        assert_eq!(blob.read_at(&mut read, 0).await, Ok(()));
        assert_eq!(&read, b"hello");
    });
}

/// What was written is there when the blob is opened again, although nothing was synced: only a
/// crash may lose it.
pub fn open_finds_what_was_not_synced<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let blob = context.open("again", b"blob").await.expect("it is made");
        blob.write_at(b"abc", 0).await.expect("there is room");
        drop(blob);
        let blob = context.open("again", b"blob").await.expect("it is there");
        assert_eq!(blob.len().await, Ok(3));
    });
}

/// Blobs of different names, and of one name in different partitions, are different blobs.
pub fn blobs_are_told_apart_by_partition_and_name<R: Runner, C: Storage>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let places = [("a", "b"), ("a", "c"), ("b", "b"), ("A", "b"), ("a", "B")];
        for (len, (partition, name)) in (1..).zip(places) {
            let blob = context
                .open(partition, name.as_bytes())
                .await
                .expect("it is made");
            blob.truncate(len).await.expect("there is room");
            blob.sync().await.expect("the disk works");
        }
        for (len, (partition, name)) in (1..).zip(places) {
            let blob = context
                .open(partition, name.as_bytes())
                .await
                .expect("it is there");
            assert_eq!(blob.len().await, Ok(len), "{name} in {partition}");
        }
    });
}

/// Every name of the form `[A-Za-z0-9_-]{1,120}` is a partition's.
pub fn a_legal_partition_name_is_taken<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let longest = "x".repeat(120);
        for name in ["a", "A", "0", "_", "-", "--", "Az09_-", longest.as_str()] {
            context.open(name, b"blob").await.expect(name);
            assert_eq!(
                context.scan(name).await,
                Ok(vec![b"blob".to_vec()]),
                "{name}"
            );
        }
    });
}

/// Every other name is [`Error::PartitionNameInvalid`] in every call: nothing leaves the root.
pub fn an_illegal_partition_name_is_refused<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let long = "x".repeat(121);
        let names = [
            "", ".", "..", "../up", "/", "a/b", "a\\b", "a b", "a.b", "ä", "a\0", &long,
        ];
        for name in names {
            let refused = Some(Error::PartitionNameInvalid(name.into()));
            assert_eq!(context.open(name, b"blob").await.err(), refused);
            assert_eq!(context.remove(name, None).await.err(), refused);
            assert_eq!(context.remove(name, Some(b"blob")).await.err(), refused);
            assert_eq!(context.scan(name).await.err(), refused);
        }
    });
}

/// Blob names are any bytes, at most 120, the empty name too.
pub fn blob_names_are_any_bytes<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let mut names = vec![
            Vec::new(),
            b".".to_vec(),
            b"..".to_vec(),
            b"../up".to_vec(),
            vec![0],
            vec![0xff; 120],
        ];
        names.extend((0..=u8::MAX).map(|byte| vec![b'x', byte]));
        for (len, name) in (0..).zip(&names) {
            let blob = context.open("bytes", name).await.expect("any bytes");
            blob.truncate(len).await.expect("there is room");
        }
        for (len, name) in (0..).zip(&names) {
            let blob = context.open("bytes", name).await.expect("any bytes");
            assert_eq!(blob.len().await, Ok(len), "{name:?}");
        }
        names.sort();
        assert_eq!(context.scan("bytes").await, Ok(names));
    });
}

/// A blob name of 121 bytes is [`Error::BlobOpenFailed`] of kind `InvalidFilename`.
pub fn a_blob_name_that_is_too_long_is_refused<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        match context.open("long", &[b'x'; 121]).await {
            Err(Error::BlobOpenFailed(partition, _, cause)) => {
                let refused = (partition.as_str(), cause.kind());
                assert_eq!(refused, ("long", ErrorKind::InvalidFilename));
            }
            other => panic!("expected BlobOpenFailed, got {:?}", other.err()),
        }
    });
}

/// `scan` ascends by bytes.
pub fn scan_ascends_by_bytes<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let ascending: [&[u8]; 7] = [b"", b"\0", b"10", b"9", b"B", b"a", b"\xff"];
        for place in [3, 6, 0, 5, 1, 4, 2] {
            let opened = context.open("sorted", ascending[place]).await;
            opened.expect("it is made");
        }
        let ascending = ascending.map(<[u8]>::to_vec).to_vec();
        assert_eq!(context.scan("sorted").await, Ok(ascending));
    });
}

/// A partition lives on when its last blob is removed, until it is removed itself.
pub fn a_partition_lives_until_it_is_removed<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        context.open("lives", b"blob").await.expect("it is made");
        assert_eq!(context.remove("lives", Some(b"blob")).await, Ok(()));
        assert_eq!(context.scan("lives").await, Ok(Vec::new()));
        assert_eq!(context.remove("lives", None).await, Ok(()));
        let missing = Error::PartitionMissing("lives".into());
        assert_eq!(context.scan("lives").await, Err(missing));
    });
}

/// Removing a partition removes its blobs: opened again they are empty.
pub fn removing_a_partition_removes_its_blobs<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        for name in [b"one", b"two"] {
            let blob = context.open("removed", name).await.expect("it is made");
            blob.truncate(3).await.expect("there is room");
            blob.sync().await.expect("the disk works");
        }
        assert_eq!(context.remove("removed", None).await, Ok(()));
        let blob = context
            .open("removed", b"one")
            .await
            .expect("it is made anew");
        assert_eq!(blob.len().await, Ok(0));
        assert_eq!(context.scan("removed").await, Ok(vec![b"one".to_vec()]));
    });
}

/// Every call in a missing partition but `open` is [`Error::PartitionMissing`].
pub fn a_missing_partition_is_partition_missing<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let missing = Err(Error::PartitionMissing("none".into()));
        assert_eq!(context.remove("none", None).await, missing);
        assert_eq!(context.remove("none", Some(b"blob")).await, missing);
        assert_eq!(context.scan("none").await.map(drop), missing);
    });
}

/// Removing a missing blob of an existing partition is [`Error::BlobMissing`], its name as it is
/// when it is printable ASCII, else in hexadecimal digits.
pub fn a_missing_blob_is_blob_missing<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        context.open("some", b"blob").await.expect("it is made");
        for (name, shown) in [(&b"log 1"[..], "log 1"), (b"\0\xff", "00ff")] {
            let missing = Error::BlobMissing("some".into(), shown.into());
            assert_eq!(context.remove("some", Some(name)).await, Err(missing));
        }
    });
}

/// A handle that was opened before its blob was removed goes on working; a blob that is made anew
/// under this name is another one.
pub fn a_removed_blob_lives_in_its_handles<R: Runner, C: Storage>((runner, context): (R, C)) {
    runner.start(async {
        let old = context.open("handles", b"blob").await.expect("it is made");
        old.write_at(b"old", 0).await.expect("there is room");
        context
            .remove("handles", Some(b"blob"))
            .await
            .expect("it is there");
        let new = context
            .open("handles", b"blob")
            .await
            .expect("it is made anew");
        assert_eq!(new.len().await, Ok(0));
        new.write_at(b"n", 0).await.expect("there is room");
        old.write_at(b"er", 3).await.expect("the handle works");
        old.sync().await.expect("the handle works");
        let mut read = [0; 5];
        assert_eq!(old.read_at(&mut read, 0).await, Ok(()));
        assert_eq!(&read, b"older");
        assert_eq!(new.len().await, Ok(1));
    });
}

/// After the end every call is [`Error::Closed`], on the storage and on what was opened before.
pub fn after_the_end_storage_is_closed<R: Runner, C: Storage>((runner, context): (R, C)) {
    let blob = runner.start(async { context.open("closed", b"blob").await.expect("it is made") });
    let closed = Err(Error::Closed);
    assert_eq!(block_on(context.open("closed", b"blob")).map(drop), closed);
    assert_eq!(block_on(context.remove("closed", None)), closed);
    assert_eq!(block_on(context.scan("closed")).map(drop), closed);
    assert_eq!(block_on(blob.len()).map(drop), closed);
    assert_eq!(block_on(blob.read_at(&mut [], 0)), closed);
    assert_eq!(block_on(blob.write_at(b"late", 0)), closed);
    assert_eq!(block_on(blob.truncate(0)), closed);
    // What would be wrong in itself as well.
    assert_eq!(block_on(blob.read_at(&mut [0], u64::MAX)), closed);
    assert_eq!(block_on(blob.write_at(b"late", u64::MAX)), closed);
    assert_eq!(block_on(blob.write_at(b"late", 1 << 62)), closed);
    assert_eq!(block_on(blob.truncate(u64::MAX)), closed);
    assert_eq!(block_on(blob.sync()), closed);
    assert_eq!(block_on(blob.close()), closed);
}
