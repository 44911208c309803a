//! What a program holds of a disk: an open blob.
//!
//! A call takes effect when it is made, so that calls on one handle keep their order; its future
//! waits for the disk. A sync takes effect at its end, for what was written before its call.

use super::{DiskOp, broken, pages::touched};
use crate::{Context, FaultKind, event::Event, kernel::Kernel};
use runtime_traits::Error;
use std::{
    fmt,
    io::ErrorKind,
    sync::{Arc, OnceLock},
};

/// The length that no file exceeds, as on ext4: 16 TiB.
const MAX_LEN: u64 = 1 << 44;

/// An open blob on a simulated disk.
#[derive(Clone)]
pub struct Blob(Arc<Open>);

struct Open {
    context: Context,
    file: u32,
    /// How many syncs of the file had failed when it was opened.
    failed_syncs: u32,
    /// Partition and blob, for errors.
    names: (String, String),
    /// How a sync failed: what is durable is unknown from then on.
    failed: OnceLock<Error>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let (host, file) = (self.context.host as usize, self.file);
        self.context
            .seat()
            .eventually(move |kernel| kernel.hosts[host].disk.release(file));
    }
}

/// A sync that has begun.
struct Begun {
    /// How many changes it covers.
    covered: u64,
    fails: bool,
}

impl Blob {
    pub(super) fn new(
        context: Context,
        file: u32,
        failed_syncs: u32,
        names: (String, String),
    ) -> Self {
        Self(Arc::new(Open {
            context,
            file,
            failed_syncs,
            names,
            failed: OnceLock::new(),
        }))
    }

    fn with<R>(&self, f: impl FnOnce(&mut Kernel, u32) -> Result<R, Error>) -> Result<R, Error> {
        let done = self.0.context.with(|kernel| match self.0.failed.get() {
            None => f(kernel, self.0.file),
            Some(error) => Err(error.clone()),
        });
        done.flatten()
    }

    fn host(&self) -> usize {
        self.0.context.host as usize
    }

    fn len_now(&self) -> Result<u64, Error> {
        self.with(|kernel, file| {
            if kernel.strike(self.0.context.host, DiskOp::Len) {
                return Err(Error::ReadFailed(broken(DiskOp::Len)));
            }
            let len = kernel.hosts[self.host()].disk.file(file).len();
            kernel.note(Event::Length { file, len });
            Ok(len)
        })
    }

    fn read_now(&self, buf: &mut [u8], offset: u64) -> Result<(), Error> {
        let end = offset
            .checked_add(buf.len() as u64)
            .ok_or(Error::OffsetOverflow)?;
        self.with(|kernel, number| {
            if end > kernel.hosts[self.host()].disk.file(number).len() {
                return Err(Error::BlobInsufficientLength);
            }
            let host = self.0.context.host;
            if kernel.strike(host, DiskOp::Read) {
                return Err(Error::ReadFailed(broken(DiskOp::Read)));
            }
            kernel.before_read(host, number, offset, buf.len());
            kernel.hosts[self.host()]
                .disk
                .file(number)
                .read(buf, offset);
            kernel.note(Event::Read {
                file: number,
                offset,
                bytes: (&*buf).into(),
            });
            Ok(())
        })
    }

    fn write_now(&self, buf: &[u8], offset: u64) -> Result<(), Error> {
        let end = offset
            .checked_add(buf.len() as u64)
            .ok_or(Error::OffsetOverflow)?;
        if buf.is_empty() {
            return self.with(|_, _| Ok(()));
        }
        if end > MAX_LEN {
            return Err(Error::WriteFailed(ErrorKind::FileTooLarge.into()));
        }
        self.with(|kernel, file| {
            let host = self.0.context.host;
            if kernel.strike(host, DiskOp::Write) {
                let pages = touched(offset, buf.len());
                let (first, faults) = (*pages.start(), &mut kernel.hosts[self.host()].faults);
                let end = (first + faults.written(pages.count() as u64)) * super::store::PAGE;
                let written = end.saturating_sub(offset) as usize;
                self.write_part(kernel, &buf[..written], offset);
                return Err(Error::WriteFailed(broken(DiskOp::Write)));
            }
            let fits = kernel.room(host, file, offset, buf.len());
            self.write_part(kernel, &buf[..fits], offset);
            if fits < buf.len() {
                kernel.fired.add(FaultKind::DiskFull);
                kernel.note(Event::DiskFull { file });
                return Err(Error::WriteFailed(ErrorKind::StorageFull.into()));
            }
            Ok(())
        })
    }

    fn write_part(&self, kernel: &mut Kernel, bytes: &[u8], offset: u64) {
        if bytes.is_empty() {
            return;
        }
        let file = self.0.file;
        let disk = &mut kernel.hosts[self.host()].disk;
        disk.change(file, |file| file.write(bytes, offset));
        // Noted last: while the bytes are hashed, their copy gets to memory.
        kernel.note(Event::Write {
            file,
            offset,
            bytes: bytes.into(),
        });
    }

    fn truncate_now(&self, len: u64) -> Result<(), Error> {
        let failed = |cause| {
            let (partition, name) = self.0.names.clone();
            Error::BlobTruncateFailed(partition, name, cause)
        };
        if len > MAX_LEN {
            return Err(failed(ErrorKind::FileTooLarge.into()));
        }
        self.with(|kernel, file| {
            if kernel.strike(self.0.context.host, DiskOp::Truncate) {
                return Err(failed(broken(DiskOp::Truncate)));
            }
            kernel.note(Event::Truncate { file, len });
            let disk = &mut kernel.hosts[self.host()].disk;
            disk.change(file, |file| file.truncate(len));
            Ok(())
        })
    }

    fn begin_sync(&self) -> Result<Begun, Error> {
        self.with(|kernel, file| {
            let fails = kernel.strike(self.0.context.host, DiskOp::Sync);
            let covered = kernel.hosts[self.host()].disk.file(file).changes();
            Ok(Begun { covered, fails })
        })
    }

    fn end_sync(&self, begun: Begun) -> Result<(), Error> {
        self.with(|kernel, file| {
            let (host, covered) = (self.0.context.host, begun.covered);
            match begun.fails {
                true => kernel.fail_sync(host, file, covered),
                false => kernel.end_sync(host, file, covered),
            }
            let failed = kernel.hosts[self.host()].disk.file(file).failed_syncs;
            if failed == self.0.failed_syncs {
                return Ok(());
            }
            let (partition, name) = self.0.names.clone();
            let error = Error::BlobSyncFailed(partition, name, broken(DiskOp::Sync));
            Err(self.0.failed.get_or_init(|| error).clone())
        })
    }
}

impl runtime_traits::Blob for Blob {
    fn len(&self) -> impl Future<Output = Result<u64, Error>> + Send {
        let context = &self.0.context;
        after(context.noted(self.len_now()), context, DiskOp::Len)
    }

    fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let context = &self.0.context;
        let read = context.noted(self.read_now(buf, offset));
        after(read, context, DiskOp::Read)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> impl Future<Output = Result<(), Error>> + Send {
        let context = &self.0.context;
        let written = context.noted(self.write_now(buf, offset));
        after(written, context, DiskOp::Write)
    }

    fn truncate(&self, len: u64) -> impl Future<Output = Result<(), Error>> + Send {
        let context = &self.0.context;
        let truncated = context.noted(self.truncate_now(len));
        after(truncated, context, DiskOp::Truncate)
    }

    fn sync(&self) -> impl Future<Output = Result<(), Error>> + Send {
        let context = &self.0.context;
        let begun = context.noted(self.begin_sync());
        async move {
            let begun = begun?;
            let host = context.host;
            let time = context.with(|kernel| kernel.sync_time(host, DiskOp::Sync))?;
            context.elapse(time).await?;
            context.noted(self.end_sync(begun))
        }
    }

    async fn close(self) -> Result<(), Error> {
        self.sync().await
    }
}

/// What a call did, told once the disk has answered.
async fn after<T>(done: Result<T, Error>, context: &Context, op: DiskOp) -> Result<T, Error> {
    let done = done?;
    context.give_way(op).await?;
    Ok(done)
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (partition, name) = &self.0.names;
        f.debug_struct("Blob")
            .field("partition", partition)
            .field("name", name)
            .finish()
    }
}
