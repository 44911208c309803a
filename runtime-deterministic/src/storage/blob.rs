//! What a program holds of a disk: an open blob.
//!
//! A call takes effect when it is made, so that calls on one handle keep their order; its future
//! waits for the disk. A sync takes effect at its end, for what was written before its call.

use super::{DiskOp, Missing};
use crate::{Context, event::Event, kernel::Kernel};
use runtime_traits::{Error, blob_name, check_blob_name, check_partition_name, reschedule};
use std::{
    fmt,
    io::{self, ErrorKind},
    sync::{Arc, OnceLock},
};

/// The length that no file exceeds, as on ext4: 16 TiB.
const MAX_LEN: u64 = 1 << 44;

impl runtime_traits::Storage for Context {
    type Blob = Blob;

    async fn open(&self, partition: &str, name: &[u8]) -> Result<Blob, Error> {
        check_partition_name(partition)?;
        check_blob_name(partition, name)?;
        if self.is_elsewhere() {
            let (partition, name) = (partition.to_owned(), name.to_owned());
            let open = async move |context: Self| context.open_file(&partition, &name).await;
            return self.travel(open).await;
        }
        self.open_file(partition, name).await
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        check_partition_name(partition)?;
        if self.is_elsewhere() {
            let (partition, name) = (partition.to_owned(), name.map(<[u8]>::to_vec));
            let remove =
                async move |context: Self| context.unlink(&partition, name.as_deref()).await;
            return self.travel(remove).await;
        }
        self.unlink(partition, name).await
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        check_partition_name(partition)?;
        if self.is_elsewhere() {
            let partition = partition.to_owned();
            let scan = async move |context: Self| context.list(&partition).await;
            return self.travel(scan).await;
        }
        self.list(partition).await
    }
}

impl Context {
    async fn open_file(&self, partition: &str, name: &[u8]) -> Result<Blob, Error> {
        self.seek().await?;
        let file = self.with(|kernel| {
            kernel.note(Event::Open { partition, name });
            let fresh = kernel.fresh_file();
            kernel.hosts[self.host as usize]
                .disk
                .open(partition, name, fresh)
        })?;
        let names = (partition.into(), blob_name(name));
        Ok(Blob(Arc::new(Open {
            context: self.clone(),
            file,
            names,
            failed: OnceLock::new(),
        })))
    }

    async fn unlink(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        self.seek().await?;
        let removed = self.with(|kernel| {
            kernel.note(Event::Remove { partition, name });
            kernel.hosts[self.host as usize]
                .disk
                .remove(partition, name)
        })?;
        let removed = removed.map_err(|missing| match missing {
            Missing::Partition => Error::PartitionMissing(partition.into()),
            Missing::Blob => {
                Error::BlobMissing(partition.into(), blob_name(name.unwrap_or_default()))
            }
        });
        self.noted(removed)
    }

    async fn list(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.give_way().await?;
        let names = self.with(|kernel| {
            kernel.note(Event::Scan { partition });
            let names = kernel.hosts[self.host as usize].disk.scan(partition);
            for name in names.iter().flatten() {
                kernel.note(Event::Found { name });
            }
            names
        })?;
        self.noted(names.ok_or_else(|| Error::PartitionMissing(partition.into())))
    }

    /// Waits as long as the disk takes to make something durable.
    async fn seek(&self) -> Result<(), Error> {
        let time = self.with(|kernel| kernel.sync_time(self.host))?;
        self.elapse(time).await
    }

    /// Lets others run, and time pass, as the disk's draws say.
    async fn give_way(&self) -> Result<(), Error> {
        let (yields, time) = self.with(|kernel| kernel.access(self.host))?;
        for _ in 0..yields {
            reschedule().await;
        }
        self.elapse(time).await
    }
}

/// An open blob on a simulated disk.
#[derive(Clone)]
pub struct Blob(Arc<Open>);

struct Open {
    context: Context,
    file: u32,
    /// Partition and blob, for errors.
    names: (String, String),
    /// How a sync failed: what is durable is unknown from then on.
    failed: OnceLock<Error>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let (host, file) = (self.context.host as usize, self.file);
        self.context
            .eventually(move |kernel| kernel.hosts[host].disk.release(file));
    }
}

impl Blob {
    fn with<R>(&self, f: impl FnOnce(&mut Kernel, u32) -> R) -> Result<R, Error> {
        let done = self.0.context.with(|kernel| match self.0.failed.get() {
            None => Ok(f(kernel, self.0.file)),
            Some(error) => Err(error.clone()),
        });
        done.flatten()
    }

    fn host(&self) -> usize {
        self.0.context.host as usize
    }

    fn read_now(&self, buf: &mut [u8], offset: u64) -> Result<(), Error> {
        let end = offset
            .checked_add(buf.len() as u64)
            .ok_or(Error::OffsetOverflow)?;
        self.with(|kernel, number| {
            let file = kernel.hosts[self.host()].disk.file(number);
            if end > file.len() {
                return Err(Error::BlobInsufficientLength);
            }
            file.read(buf, offset);
            kernel.note(Event::Read {
                file: number,
                offset,
                bytes: buf,
            });
            Ok(())
        })?
    }

    fn write_now(&self, buf: &[u8], offset: u64) -> Result<(), Error> {
        let end = offset
            .checked_add(buf.len() as u64)
            .ok_or(Error::OffsetOverflow)?;
        if buf.is_empty() {
            return self.with(|_, _| ());
        }
        if end > MAX_LEN {
            return Err(Error::WriteFailed(ErrorKind::FileTooLarge.into()));
        }
        self.with(|kernel, file| {
            kernel.note(Event::Write {
                file,
                offset,
                bytes: buf,
            });
            kernel.hosts[self.host()].disk.file(file).write(buf, offset);
        })
    }

    /// The disk failed to write what was changed before: it is lost, and the handle with it.
    fn fail_sync(&self, covered: u64) -> Result<(), Error> {
        self.with(|kernel, file| {
            kernel.note(Event::SyncFails { file });
            let (partition, name) = self.0.names.clone();
            let cause = io::Error::other("the simulated disk failed to write");
            let error = Error::BlobSyncFailed(partition, name, cause.into());
            kernel.hosts[self.host()].disk.file(file).fail_sync(covered);
            Err(self.0.failed.get_or_init(|| error).clone())
        })?
    }

    fn truncate_now(&self, len: u64) -> Result<(), Error> {
        if len > MAX_LEN {
            let (partition, name) = self.0.names.clone();
            return Err(Error::BlobTruncateFailed(
                partition,
                name,
                ErrorKind::FileTooLarge.into(),
            ));
        }
        self.with(|kernel, file| {
            kernel.note(Event::Truncate { file, len });
            kernel.hosts[self.host()].disk.file(file).truncate(len);
        })
    }
}

impl runtime_traits::Blob for Blob {
    fn len(&self) -> impl Future<Output = Result<u64, Error>> + Send {
        let len = self.with(|kernel, file| {
            let len = kernel.hosts[self.host()].disk.file(file).len();
            kernel.note(Event::Length { file, len });
            len
        });
        after(len, self.0.context.give_way())
    }

    fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        after(
            self.0.context.noted(self.read_now(buf, offset)),
            self.0.context.give_way(),
        )
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> impl Future<Output = Result<(), Error>> + Send {
        after(
            self.0.context.noted(self.write_now(buf, offset)),
            self.0.context.give_way(),
        )
    }

    fn truncate(&self, len: u64) -> impl Future<Output = Result<(), Error>> + Send {
        after(
            self.0.context.noted(self.truncate_now(len)),
            self.0.context.give_way(),
        )
    }

    fn sync(&self) -> impl Future<Output = Result<(), Error>> + Send {
        let begun = self.with(|kernel, file| {
            let state = &mut kernel.hosts[self.host()];
            (
                state.disk.file(file).changes(),
                state.faults.strike(DiskOp::Sync),
            )
        });
        async move {
            let (covered, fails) = self.0.context.noted(begun)?;
            self.0.context.seek().await?;
            if fails {
                return self.0.context.noted(self.fail_sync(covered));
            }
            let synced = self.with(|kernel, file| {
                kernel.note(Event::Sync { file });
                kernel.hosts[self.host()].disk.file(file).sync(covered);
            });
            self.0.context.noted(synced)
        }
    }

    async fn close(self) -> Result<(), Error> {
        self.sync().await
    }
}

/// What a call did, told once the disk has answered.
async fn after<T>(
    done: Result<T, Error>,
    answer: impl Future<Output = Result<(), Error>>,
) -> Result<T, Error> {
    let done = done?;
    answer.await?;
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
