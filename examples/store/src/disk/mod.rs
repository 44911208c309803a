//! What a server keeps on disk: its epoch, and its log. Knows no peers.

mod slots;
mod wal;

use crate::{
    epoch::Epoch,
    error::Error,
    monitor::Monitor,
    record::Record,
    replica::{Replica, Write},
};
use runtime_macros::select;
use runtime_traits::{Blob, Signal, Storage};
use slots::Slots;
use std::sync::Arc;
use wal::Wal;

/// The two blobs of a server.
pub(crate) struct Disk<B> {
    slots: Slots<B>,
    wal: Wal<B>,
}

/// What they held when they were opened.
pub(crate) struct Contents {
    pub(crate) epoch: Epoch,
    pub(crate) records: Vec<Arc<Record>>,
}

impl<B: Blob> Disk<B> {
    /// Opens both blobs in `partition`, or creates them.
    pub(crate) async fn open<S: Storage<Blob = B>>(
        storage: &S,
        partition: &str,
    ) -> Result<(Self, Contents), Error> {
        let opened = Self::read(storage, partition).await;
        let (disk, contents) = opened.map_err(Error::Disk)?;
        let last = contents.records.last().map(|record| record.epoch);
        match last {
            Some(last) if last > contents.epoch => Err(Error::Corrupt(format!(
                "the log in {partition} has records of epoch {last}, the server is in {}",
                contents.epoch
            ))),
            _ => Ok((disk, contents)),
        }
    }

    async fn read<S: Storage<Blob = B>>(
        storage: &S,
        partition: &str,
    ) -> Result<(Self, Contents), runtime_traits::Error> {
        let (wal, records) = Wal::open(storage.open(partition, b"log").await?).await?;
        let (slots, epoch) = Slots::open(storage.open(partition, b"epoch").await?).await?;
        Ok((Self { slots, wal }, Contents { epoch, records }))
    }

    /// Writes what `replica` has decided, in turns, until `stopped`. A write that has begun ends.
    pub(crate) async fn run(
        mut self,
        replica: Monitor<Replica>,
        mut stopped: Signal,
    ) -> Result<(), Error> {
        loop {
            let write = select! {
                write = replica.until(Replica::unwritten) => write,
                _ = &mut stopped => return self.close().await.map_err(Error::Disk),
            };
            self.write(&write).await.map_err(Error::Disk)?;
            replica.update(|replica| replica.written(&write));
        }
    }

    /// The epoch is on disk before any record of it is.
    async fn write(&mut self, write: &Write) -> Result<(), runtime_traits::Error> {
        self.slots.store(write.epoch).await?;
        self.wal.write(write.keep, &write.records).await
    }

    async fn close(self) -> Result<(), runtime_traits::Error> {
        self.slots.close().await?;
        self.wal.close().await
    }
}
