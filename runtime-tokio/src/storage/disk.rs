//! What the calls on a blob do to its file. It blocks, and knows nothing of tasks or order.

use runtime_traits::Error;
use std::{
    fs::File,
    io::{self, ErrorKind},
    sync::OnceLock,
};

/// The file, and whether it can still be trusted.
pub(super) struct Disk {
    file: File,
    partition: String,
    name: String,
    /// How a sync failed: what the file holds on the disk is unknown from then on.
    failed: OnceLock<Error>,
}

/// The longest file that any system can name.
const MAX_LEN: u64 = i64::MAX as u64;

impl Disk {
    pub(super) fn new(file: File, partition: String, name: String) -> Self {
        Self {
            file,
            partition,
            name,
            failed: OnceLock::new(),
        }
    }

    /// # Errors
    /// What a sync failed with.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.failed.get().cloned().map_or(Ok(()), Err)
    }

    pub(super) fn len(&self) -> Result<u64, Error> {
        let metadata = self.file.metadata();
        metadata
            .map(|metadata| metadata.len())
            .map_err(|error| Error::ReadFailed(error.into()))
    }

    /// Fills `buf` with what lies in memory; whether all of it did. It waits for no device, and
    /// what it says of the rest is nothing.
    #[cfg(target_os = "linux")]
    pub(super) fn read_cached(&self, buf: &mut [u8], offset: u64) -> bool {
        use rustix::io::{ReadWriteFlags, preadv2};
        let len = buf.len();
        // The largest offset of all would stand for the file's own.
        if self.failed.get().is_some() || len == 0 || offset > MAX_LEN {
            return false;
        }
        let read = preadv2(
            &self.file,
            &mut [io::IoSliceMut::new(buf)],
            offset,
            ReadWriteFlags::NOWAIT,
        );
        read == Ok(len)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn read_cached(&self, _: &mut [u8], _: u64) -> bool {
        false
    }

    pub(super) fn read(&self, len: usize, offset: u64) -> Result<Vec<u8>, Error> {
        if end(offset, len)? > self.len()? {
            return Err(Error::BlobInsufficientLength);
        }
        let mut bytes = vec![0; len];
        match read_exact_at(&self.file, &mut bytes, offset) {
            Ok(()) => Ok(bytes),
            // Another handle shortened it.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(Error::BlobInsufficientLength)
            }
            Err(error) => Err(Error::ReadFailed(error.into())),
        }
    }

    pub(super) fn write(&self, bytes: &[u8], offset: u64) -> Result<(), Error> {
        let end = end(offset, bytes.len())?;
        if bytes.is_empty() {
            return Ok(());
        }
        fits(end)
            .and_then(|()| write_all_at(&self.file, bytes, offset))
            .map_err(|error| Error::WriteFailed(error.into()))
    }

    pub(super) fn truncate(&self, len: u64) -> Result<(), Error> {
        fits(len)
            .and_then(|()| self.file.set_len(len))
            .map_err(|error| {
                Error::BlobTruncateFailed(self.partition.clone(), self.name.clone(), error.into())
            })
    }

    pub(super) fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(|error| {
            let error =
                Error::BlobSyncFailed(self.partition.clone(), self.name.clone(), error.into());
            // No call is made after a first one that failed.
            self.failed.get_or_init(|| error).clone()
        })
    }
}

fn end(offset: u64, len: usize) -> Result<u64, Error> {
    let len = u64::try_from(len).map_err(|_| Error::OffsetOverflow)?;
    offset.checked_add(len).ok_or(Error::OffsetOverflow)
}

fn fits(len: u64) -> io::Result<()> {
    match len <= MAX_LEN {
        true => Ok(()),
        false => Err(ErrorKind::FileTooLarge.into()),
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buf, offset)
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(not(unix))]
fn read_exact_at(mut file: &File, buf: &mut [u8], offset: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buf)
}

#[cfg(not(unix))]
fn write_all_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}
