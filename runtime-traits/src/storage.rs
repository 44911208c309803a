//! Durable bytes: partitions of named blobs.

use crate::Error;
use std::{fmt::Write, io};

/// Named blobs in named partitions.
///
/// Partition names are of the form `[A-Za-z0-9_-]{1,120}`. Blob names are any bytes, at most 120,
/// the empty name too. A partition lives from the first `open` in it until it is removed, even when
/// it is empty. A run has its storage to itself; nothing here locks a blob against the tasks of one
/// run, and what several of them hold must be agreed upon by themselves.
///
/// What survives a loss of power is what a call promised that has returned `Ok`:
///
/// | call | durable when it returned |
/// |---|---|
/// | [`open`](Self::open) | the partition, and the blob's name |
/// | [`remove`](Self::remove) | that they are gone |
/// | [`Blob::sync`], [`Blob::close`] | the contents and length as they were at the call |
/// | [`Blob::write_at`], [`Blob::truncate`] | nothing, until a `sync` or `close` |
///
/// A journal therefore acknowledges an entry after `sync`, not before:
///
/// ```
/// use runtime_traits::{Blob, Error, Storage};
///
/// /// Once this returned `Ok`, the entry is there after a crash, too.
/// async fn append<S: Storage>(storage: &S, entry: &[u8]) -> Result<(), Error> {
///     let journal = storage.open("orders", b"journal").await?;
///     let end = journal.len().await?;
///     journal.write_at(entry, end).await?;
///     journal.close().await // syncs
/// }
/// ```
///
/// # Cancellation
/// A future of [`open`](Self::open) or [`remove`](Self::remove) that is dropped before it is ready
/// leaves its change made or not made, as a crash does, and nothing in between.
pub trait Storage: Clone + Send + Sync + 'static {
    /// An open blob.
    type Blob: Blob;

    /// Opens the blob, or creates it empty, with its partition. What was created is durable when the
    /// call returns. There is no call that opens only what exists: [`scan`](Self::scan) tells.
    ///
    /// Two opens of one blob are not ordered with each other; clones of one handle are. A blob that
    /// has one writer is opened once, and cloned.
    ///
    /// # Errors
    /// [`Error::PartitionNameInvalid`]; [`Error::BlobOpenFailed`] of kind
    /// [`io::ErrorKind::InvalidFilename`] for a blob name that is too long;
    /// [`Error::PartitionCreationFailed`] and [`Error::BlobOpenFailed`] when the disk refuses, after
    /// which the blob may have been created all the same; [`Error::Closed`] after the runtime's end.
    fn open(
        &self,
        partition: &str,
        name: &[u8],
    ) -> impl Future<Output = Result<Self::Blob, Error>> + Send;

    /// Removes a blob, or with `None` the partition and all its blobs. The removal is durable when
    /// the call returns. Handles opened before go on working, on bytes that have no name any more; a
    /// blob that is opened under the name afterwards is another one, and empty.
    ///
    /// Removing what is not there is an error, so that a removal that is tried again may find that
    /// the first attempt was made.
    ///
    /// # Errors
    /// [`Error::PartitionNameInvalid`]; [`Error::PartitionMissing`]; [`Error::BlobMissing`] in a
    /// partition that exists; [`Error::PartitionCorrupt`] when the disk refuses, after which the
    /// removal may have been made all the same; [`Error::Closed`] after the runtime's end.
    fn remove(
        &self,
        partition: &str,
        name: Option<&[u8]>,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// The names of the partition's blobs, ascending by bytes. Blobs that are opened or removed
    /// meanwhile may be among them or not. It is what a program asks at its start:
    ///
    /// ```
    /// use runtime_traits::{Error, Storage};
    ///
    /// /// The segments of a log, oldest first: their names are numbers of 16 hexadecimal digits.
    /// async fn segments<S: Storage>(storage: &S) -> Result<Vec<Vec<u8>>, Error> {
    ///     match storage.scan("log").await {
    ///         Err(Error::PartitionMissing(_)) => Ok(Vec::new()), // nothing was ever opened there
    ///         names => names,
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::PartitionNameInvalid`]; [`Error::PartitionMissing`]; [`Error::PartitionCorrupt`]
    /// when something lies there that is no blob, or the disk refuses; [`Error::Closed`] after the
    /// runtime's end.
    fn scan(&self, partition: &str) -> impl Future<Output = Result<Vec<Vec<u8>>, Error>> + Send;
}

/// An open blob: bytes that can be read and written at any offset.
///
/// Clones share one handle. Calls on one handle take effect in the order in which they were made,
/// whichever is awaited first, and a read sees all of a write or nothing of it. So several calls may
/// be under way at a time:
///
/// ```
/// use runtime_traits::{Blob, Error};
///
/// async fn commit<B: Blob>(log: &B, header: &[u8], body: &[u8], at: u64) -> Result<(), Error> {
///     let header_written = log.write_at(header, at);
///     let body_written = log.write_at(body, at + header.len() as u64);
///     let synced = log.sync(); // called last: it covers both
///     header_written.await?;
///     body_written.await?;
///     synced.await
/// }
/// ```
///
/// # After a crash
/// Of what was written or cut off since the last [`sync`](Self::sync) that returned, each call may be
/// there or not, whatever its order, and of a write any part; what was to be written may also read
/// as zeros. What was synced beside it stays as it was. A log that must tell where its last whole
/// entry ends keeps lengths and checksums.
///
/// # After a failed sync
/// What is durable is unknown, and a second `sync` would not tell: the system may have forgotten what
/// it could not write. Every later call on the handle and its clones fails with the same
/// [`Error::BlobSyncFailed`]. Open the blob again, and write again what was not acknowledged. A handle
/// that was opened apart, before the failure, may learn of it by its own next `sync` alone.
///
/// # After the end
/// Of the run, and of the life of a host that crashed, every call fails with [`Error::Closed`]. A
/// simulator's blobs also do outside the run's tasks, on another thread.
///
/// # Cancellation
/// A dropped `write_at`, `truncate` or `sync` takes effect wholly or not at all, before every later
/// call on the same handle. That holds for a future that was never polled, too: whether it takes
/// effect when it is called or when it is polled is the backend's choice, its place in the order is
/// not. A dropped `len` or `read_at` changes nothing but `buf`.
///
/// # For backends
/// A call takes its place in the order before its future is polled. A read may go past the queue
/// only when no call is pending on the handle.
#[expect(
    clippy::len_without_is_empty,
    reason = "the length of a file, asked for at a price"
)]
pub trait Blob: Clone + Send + Sync + 'static {
    /// The length in bytes, as the calls before this one left it, be they synced or not.
    ///
    /// # Errors
    /// [`Error::ReadFailed`] when the disk refuses.
    fn len(&self) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Fills `buf` from `offset` on: all of it, or it is an error. An empty `buf` may begin at the end.
    ///
    /// What `buf` holds after an error, or when the future was dropped, is unspecified.
    ///
    /// # Errors
    /// [`Error::BlobInsufficientLength`] when `offset + buf.len()` is past the end;
    /// [`Error::OffsetOverflow`] when it is more than `u64::MAX`; [`Error::ReadFailed`] when the disk
    /// refuses.
    fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Writes `buf` at `offset`, durable once [`sync`](Self::sync) returned. A gap between the old
    /// end and `offset` reads as zeros; an empty write changes nothing.
    ///
    /// `buf` may be reused once the future is gone, also when it was dropped.
    ///
    /// # Errors
    /// [`Error::OffsetOverflow`] and [`Error::WriteFailed`] of kind [`io::ErrorKind::FileTooLarge`],
    /// for an end that no disk holds, have written nothing: the bound is 16 TiB in the simulator, as
    /// on ext4, and in production the system's, at most `i64::MAX`. After any other
    /// [`Error::WriteFailed`], as of kind [`io::ErrorKind::StorageFull`], any part may have been
    /// written, and the blob may be longer. The handle goes on working.
    fn write_at(&self, buf: &[u8], offset: u64) -> impl Future<Output = Result<(), Error>> + Send;

    /// Sets the length, durable once [`sync`](Self::sync) returned. Past the end it extends with
    /// zeros, also over what was cut off before.
    ///
    /// # Errors
    /// [`Error::BlobTruncateFailed`], of kind [`io::ErrorKind::FileTooLarge`] for a length that the
    /// disk cannot hold, with the bounds of [`write_at`](Self::write_at).
    fn truncate(&self, len: u64) -> impl Future<Output = Result<(), Error>> + Send;

    /// Makes durable what the calls before it on this handle and its clones have changed. It may cover
    /// later ones as well. Many writes may share one `sync`.
    ///
    /// # Errors
    /// [`Error::BlobSyncFailed`]: what is durable is then unknown, and the handle fails until the
    /// blob is opened again.
    fn sync(&self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Syncs, then releases this clone, also when the sync failed; other clones go on working. Dropping
    /// a clone releases it without sync, and so does dropping this future before it is polled.
    ///
    /// # Errors
    /// As [`sync`](Self::sync), and [`Error::BlobCloseFailed`].
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send;
}

// In hexadecimal digits it stays below the 255 bytes that file systems allow a name.
const NAME_LIMIT: usize = 120;

/// Refuses a partition name that is not of the form `[A-Za-z0-9_-]{1,120}`. For backends, in each of
/// [`Storage`]'s calls: a name that passes is the name of a directory, and leaves none.
///
/// # Errors
/// [`Error::PartitionNameInvalid`].
pub fn check_partition_name(name: &str) -> Result<(), Error> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    match (1..=NAME_LIMIT).contains(&name.len()) && name.bytes().all(legal) {
        true => Ok(()),
        false => Err(Error::PartitionNameInvalid(name.into())),
    }
}

/// Refuses a blob name of more than 120 bytes. For backends, in [`Storage::open`]; under such a name
/// there is nothing to remove, which is [`Error::BlobMissing`].
///
/// # Errors
/// [`Error::BlobOpenFailed`] of kind [`io::ErrorKind::InvalidFilename`].
pub fn check_blob_name(partition: &str, name: &[u8]) -> Result<(), Error> {
    if name.len() <= NAME_LIMIT {
        return Ok(());
    }
    let text = format!(
        "a blob name has at most {NAME_LIMIT} bytes, this one {}",
        name.len()
    );
    let cause = io::Error::new(io::ErrorKind::InvalidFilename, text);
    Err(Error::BlobOpenFailed(
        partition.into(),
        blob_name(name),
        cause.into(),
    ))
}

/// A blob's name as errors show it: printable ASCII as it is, else hexadecimal digits. For backends.
///
/// It is for people: two names may be shown alike, `b"00ff"` and the two bytes `00 ff`.
///
/// ```
/// assert_eq!(runtime_traits::blob_name(b"log-1"), "log-1");
/// assert_eq!(runtime_traits::blob_name(&[0, 0xff]), "00ff");
/// ```
pub fn blob_name(name: &[u8]) -> String {
    if name.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return name.iter().map(|byte| char::from(*byte)).collect();
    }
    name.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every byte");
        text
    })
}
