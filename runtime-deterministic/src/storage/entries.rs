//! What a program asks of a disk by name: to open, to remove, to list.
//!
//! A change of entries takes effect at its end; a crash in between leaves it done or not.

use super::{
    Blob, DiskOp, broken,
    disk::{Asked, Entry, Missing},
};
use crate::{
    Context,
    event::Event,
    kernel::{Kernel, local},
};
use runtime_traits::{Error, blob_name, check_blob_name, check_partition_name, reschedule};

impl runtime_traits::Storage for Context {
    type Blob = Blob;

    async fn open(&self, partition: &str, name: &[u8]) -> Result<Blob, Error> {
        if self.is_elsewhere() {
            let (partition, name) = (partition.to_owned(), name.to_owned());
            let open = async move |context: Self| context.open_file(&partition, &name).await;
            return self.travel(open).await;
        }
        self.open_file(partition, name).await
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        if self.is_elsewhere() {
            let (partition, name) = (partition.to_owned(), name.map(<[u8]>::to_vec));
            let remove =
                async move |context: Self| context.unlink(&partition, name.as_deref()).await;
            return self.travel(remove).await;
        }
        self.unlink(partition, name).await
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
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
        let names = check_partition_name(partition);
        self.permit(names.and_then(|()| check_blob_name(partition, name)))?;
        let asked = Entry::Open(name.to_vec());
        let opened = self.change_entries(DiskOp::Open, partition, asked, |kernel| {
            kernel.note(Event::Open { partition, name });
            let fresh = kernel.fresh_file();
            let disk = &mut kernel.hosts[self.host as usize].disk;
            let file = disk.open(partition, name, fresh);
            (file, disk.file(file).failed_syncs)
        });
        let (file, failed_syncs) = match opened.await? {
            Some(opened) => opened,
            None => {
                let (partition, name) = (partition.into(), blob_name(name));
                let error = Error::BlobOpenFailed(partition, name, broken(DiskOp::Open));
                return self.seat().noted(Err(error));
            }
        };
        let names = (partition.into(), blob_name(name));
        Ok(Blob::new(self.clone(), file, failed_syncs, names))
    }

    async fn unlink(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        self.permit(check_partition_name(partition))?;
        let asked = Entry::Remove(name.map(<[u8]>::to_vec));
        let removed = self.change_entries(DiskOp::Remove, partition, asked, |kernel| {
            kernel.note(Event::Remove {
                blob: name.is_some(),
                partition,
                name: name.unwrap_or_default(),
            });
            let disk = &mut kernel.hosts[self.host as usize].disk;
            disk.remove(partition, name)
        });
        let removed = match removed.await? {
            Some(removed) => removed.map_err(|missing| match missing {
                Missing::Partition => Error::PartitionMissing(partition.into()),
                Missing::Blob => {
                    Error::BlobMissing(partition.into(), blob_name(name.unwrap_or_default()))
                }
            }),
            None => Err(Error::PartitionCorrupt(
                partition.into(),
                broken(DiskOp::Remove),
            )),
        };
        self.seat().noted(removed)
    }

    /// What was found of a call's names, unless this life is over: then nothing matters but that.
    fn permit(&self, names: Result<(), Error>) -> Result<(), Error> {
        self.with(|_| ())?;
        self.seat().noted(names)
    }

    /// Asks for a change of entries, waits as long as the disk takes, and makes it. `None` when the
    /// disk fails.
    async fn change_entries<T>(
        &self,
        op: DiskOp,
        partition: &str,
        what: Entry,
        change: impl FnOnce(&mut Kernel) -> T,
    ) -> Result<Option<T>, Error> {
        let partition = partition.into();
        let (time, fails, number) = self.with(|kernel| {
            let fails = kernel.strike(self.host, op);
            let time = kernel.sync_time(self.host, op);
            kernel.asked += 1;
            let (number, asked) = (kernel.asked, Asked { partition, what });
            if !fails {
                let disk = &mut kernel.hosts[self.host as usize].disk;
                disk.ask(number, asked);
            }
            (time, fails, number)
        })?;
        let _asking = Asking {
            context: self,
            number,
        };
        self.elapse(time).await?;
        if fails {
            return Ok(None);
        }
        self.with(change).map(Some)
    }

    async fn list(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.permit(check_partition_name(partition))?;
        self.give_way(DiskOp::Scan).await?;
        let names = self.with(|kernel| {
            kernel.note(Event::Scan { partition });
            if kernel.strike(self.host, DiskOp::Scan) {
                let broken = broken(DiskOp::Scan);
                return Err(Error::PartitionCorrupt(partition.into(), broken));
            }
            let names = kernel.hosts[self.host as usize].disk.scan(partition);
            for name in names.iter().flatten() {
                kernel.note(Event::Found { name });
            }
            names.ok_or_else(|| Error::PartitionMissing(partition.into()))
        })?;
        self.seat().noted(names)
    }

    /// Lets others run, and time pass, as the disk's draws say.
    pub(super) async fn give_way(&self, op: DiskOp) -> Result<(), Error> {
        let (yields, time) = self.with(|kernel| kernel.access(self.host, op))?;
        for _ in 0..yields {
            reschedule().await;
        }
        match time {
            0 => self.with(|_| ()),
            time => self.elapse(time).await,
        }
    }
}

/// Somebody waits for a change of entries.
struct Asking<'a> {
    context: &'a Context,
    number: u32,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let (host, number) = (self.context.host as usize, self.number);
        // It is no event: whether the host lives does not matter either.
        local::with(&self.context.shared, |kernel| {
            kernel.hosts[host].disk.answer(number);
        });
    }
}
