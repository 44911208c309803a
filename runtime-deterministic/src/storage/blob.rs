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

/// An open blob on a simulated disk: up to 16 TiB. Clones share one handle. Reads, writes and
/// truncations take effect when they are called, and dropping their futures takes nothing back; a sync
/// covers what was changed before it was called, and has happened when its future is ready.
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

/// What came of a call. Behind the copy of a write it is in registers: a result of many words would be
/// written one by one and read two by two, and a processor that does that waits until all bytes that
/// were copied are out of its way.
type Done<T> = Result<T, Box<Error>>;

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

    fn with<R>(&self, f: impl FnOnce(&mut Kernel, u32) -> Result<R, Error>) -> Done<R> {
        let seat = self.0.context.seat();
        let done = seat.reach(|kernel| match self.0.failed.get() {
            None => f(kernel, self.0.file).map_err(Box::new),
            Some(error) => Err(error.clone().into()),
        });
        done.unwrap_or_else(|| Err(Error::Closed.into()))
    }

    /// What came of a call, told once the disk has answered. A failure enters the audit now.
    #[inline]
    fn after<T: Send>(
        &self,
        done: Done<T>,
        op: DiskOp,
    ) -> impl Future<Output = Result<T, Error>> + Send {
        let context = &self.0.context;
        let done = context.seat().noted(done);
        async move {
            let done = done.map_err(|error| *error)?;
            context.give_way(op).await?;
            Ok(done)
        }
    }

    /// A call that is wrong in itself is that, unless this life is over or a sync has failed.
    #[cold]
    fn refuse<T>(&self, error: Error) -> Done<T> {
        self.with(|_, _| Err(error))
    }

    /// Where the bytes of a call end.
    #[inline]
    fn end(&self, offset: u64, bytes: &[u8]) -> Done<u64> {
        match offset.checked_add(bytes.len() as u64) {
            Some(end) => Ok(end),
            None => self.refuse(Error::OffsetOverflow),
        }
    }

    fn host(&self) -> usize {
        self.0.context.host as usize
    }

    fn len_now(&self) -> Done<u64> {
        self.with(|kernel, file| {
            if kernel.strike(self.0.context.host, DiskOp::Len) {
                return Err(Error::ReadFailed(broken(DiskOp::Len)));
            }
            let len = kernel.hosts[self.host()].disk.file(file).len();
            kernel.note(Event::Length { file, len });
            Ok(len)
        })
    }

    fn read_now(&self, buf: &mut [u8], offset: u64) -> Done<()> {
        let end = self.end(offset, buf)?;
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

    #[inline(never)]
    fn write_now(&self, buf: &[u8], offset: u64) -> Done<()> {
        let end = self.end(offset, buf)?;
        if buf.is_empty() {
            return self.with(|_, _| Ok(()));
        }
        if end > MAX_LEN {
            return self.refuse(Error::WriteFailed(ErrorKind::FileTooLarge.into()));
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

    fn truncate_now(&self, len: u64) -> Done<()> {
        let failed = |cause| {
            let (partition, name) = self.0.names.clone();
            Error::BlobTruncateFailed(partition, name, cause)
        };
        if len > MAX_LEN {
            return self.refuse(failed(ErrorKind::FileTooLarge.into()));
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

    fn begin_sync(&self) -> Done<Begun> {
        self.with(|kernel, file| {
            let fails = kernel.strike(self.0.context.host, DiskOp::Sync);
            let covered = kernel.hosts[self.host()].disk.file(file).changes();
            Ok(Begun { covered, fails })
        })
    }

    fn end_sync(&self, begun: Begun) -> Done<()> {
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
        self.after(self.len_now(), DiskOp::Len)
    }

    fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        self.after(self.read_now(buf, offset), DiskOp::Read)
    }

    // Inlined, so that its future is made where the caller keeps it: moved, it would be read back as
    // `Done` says.
    #[inline]
    fn write_at(&self, buf: &[u8], offset: u64) -> impl Future<Output = Result<(), Error>> + Send {
        self.after(self.write_now(buf, offset), DiskOp::Write)
    }

    fn truncate(&self, len: u64) -> impl Future<Output = Result<(), Error>> + Send {
        self.after(self.truncate_now(len), DiskOp::Truncate)
    }

    fn sync(&self) -> impl Future<Output = Result<(), Error>> + Send {
        let context = &self.0.context;
        let begun = context.seat().noted(self.begin_sync());
        async move {
            let begun = begun.map_err(|error| *error)?;
            let host = context.host;
            let time = context.with(|kernel| kernel.sync_time(host, DiskOp::Sync))?;
            context.elapse(time).await?;
            let ended = context.seat().noted(self.end_sync(begun));
            ended.map_err(|error| *error)
        }
    }

    async fn close(self) -> Result<(), Error> {
        self.sync().await
    }
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
