//! Durable bytes: partitions of named blobs.

use crate::Error;
use std::{fmt::Write, io};

/// Named blobs in named partitions.
///
/// Partition names are of the form `[A-Za-z0-9_-]{1,120}`. Blob names are any bytes, at most 120,
/// the empty name too. A partition lives from the first `open` in it until it is removed, even when
/// it is empty.
pub trait Storage: Clone + Send + Sync + 'static {
    /// An open blob.
    type Blob: Blob;

    /// Opens the blob, or creates it empty. What was created is durable when the call returns.
    ///
    /// Two opens of one blob are not ordered with each other; clones of one handle are.
    ///
    /// # Errors
    /// [`Error::PartitionNameInvalid`]; [`Error::BlobOpenFailed`] of kind
    /// [`io::ErrorKind::InvalidFilename`] for a blob name that is too long;
    /// [`Error::PartitionCreationFailed`] and [`Error::BlobOpenFailed`] when the disk refuses;
    /// [`Error::Closed`] after the runtime's end.
    fn open(
        &self,
        partition: &str,
        name: &[u8],
    ) -> impl Future<Output = Result<Self::Blob, Error>> + Send;

    /// Removes a blob, or with `None` the partition and all its blobs. The removal is durable when
    /// the call returns. Handles opened before go on working.
    ///
    /// # Errors
    /// [`Error::PartitionNameInvalid`]; [`Error::PartitionMissing`]; [`Error::BlobMissing`] in a
    /// partition that exists; [`Error::Closed`] after the runtime's end.
    fn remove(
        &self,
        partition: &str,
        name: Option<&[u8]>,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// The names of the partition's blobs, ascending by bytes.
    ///
    /// # Errors
    /// [`Error::PartitionNameInvalid`]; [`Error::PartitionMissing`]; [`Error::PartitionCorrupt`]
    /// when something lies there that is no blob; [`Error::Closed`] after the runtime's end.
    fn scan(&self, partition: &str) -> impl Future<Output = Result<Vec<Vec<u8>>, Error>> + Send;
}

/// An open blob: bytes that can be read and written at any offset.
///
/// Clones share one handle. Calls on one handle take effect in the order in which they were made,
/// and never tear within one call. A dropped `write_at`, `truncate` or `sync` takes effect wholly or
/// not at all, before every later call on the same handle. After a failed `sync` every call fails
/// until the blob is opened again. After the runtime's end calls fail with [`Error::Closed`].
#[expect(
    clippy::len_without_is_empty,
    reason = "the length of a file, asked for at a price"
)]
pub trait Blob: Clone + Send + Sync + 'static {
    /// The length in bytes.
    ///
    /// # Errors
    /// [`Error::ReadFailed`].
    fn len(&self) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Fills `buf` from `offset` on.
    ///
    /// # Errors
    /// [`Error::BlobInsufficientLength`] past the end, [`Error::OffsetOverflow`],
    /// [`Error::ReadFailed`].
    fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Writes `buf` at `offset`, durable once [`sync`](Self::sync) returned. A gap between the old
    /// end and `offset` reads as zeros; an empty write changes nothing.
    ///
    /// # Errors
    /// [`Error::OffsetOverflow`]; [`Error::WriteFailed`], of kind [`io::ErrorKind::FileTooLarge`]
    /// for a length that the disk cannot hold.
    fn write_at(&self, buf: &[u8], offset: u64) -> impl Future<Output = Result<(), Error>> + Send;

    /// Sets the length, durable once [`sync`](Self::sync) returned. Past the end it extends with
    /// zeros.
    ///
    /// # Errors
    /// [`Error::BlobTruncateFailed`], of kind [`io::ErrorKind::FileTooLarge`] for a length that the
    /// disk cannot hold.
    fn truncate(&self, len: u64) -> impl Future<Output = Result<(), Error>> + Send;

    /// Makes every call that took effect before durable.
    ///
    /// # Errors
    /// [`Error::BlobSyncFailed`]: what is durable is then unknown, and the handle fails until the
    /// blob is opened again.
    fn sync(&self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Syncs, then releases this clone. Dropping a clone releases it without sync.
    ///
    /// # Errors
    /// As [`sync`](Self::sync), and [`Error::BlobCloseFailed`].
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send;
}

const NAME_LIMIT: usize = 120;

/// Refuses a partition name that is not of the form `[A-Za-z0-9_-]{1,120}`. For backends.
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

/// Refuses a blob name of more than 120 bytes. For backends.
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
