//! Partitions and names.

use super::{Backend, Mutant, blobs::Blob};
use crate::defect::{machine, storage};
use runtime_traits::{Blob as _, Error, Storage};
use std::{io::ErrorKind, sync::atomic::Ordering::SeqCst};

impl<C: Backend> Mutant<C> {
    /// The partition that is used for the one that was asked for.
    fn partition(&self, partition: &str) -> String {
        match self.flaw.defect {
            storage::blobs_are_told_apart_by_partition_and_name => partition.to_lowercase(),
            storage::an_illegal_partition_name_is_refused => {
                format!("x{}", partition.len())
            }
            _ => partition.into(),
        }
    }

    fn refuses(&self, partition: &str) -> Result<(), Error> {
        match self.flaw.is(storage::a_legal_partition_name_is_taken) && partition.len() > 100 {
            true => Err(Error::PartitionNameInvalid(partition.into())),
            false => Ok(()),
        }
    }
}

impl<C: Backend> Storage for Mutant<C> {
    type Blob = Blob<C>;

    async fn open(&self, partition: &str, name: &[u8]) -> Result<Blob<C>, Error> {
        let flaw = &self.flaw;
        self.refuses(partition)?;
        if name.is_empty() && flaw.is(storage::blob_names_are_any_bytes) {
            let empty = ErrorKind::InvalidFilename.into();
            return Err(Error::BlobOpenFailed(
                partition.into(),
                String::new(),
                empty,
            ));
        }
        let shortens = flaw.is(storage::a_blob_name_that_is_too_long_is_refused);
        let len = if shortens {
            name.len().min(120)
        } else {
            name.len()
        };
        let opened = self
            .inner
            .open(&self.partition(partition), &name[..len])
            .await;
        let opened = flaw.unclosed(machine::the_context_of_a_past_life_is_closed, opened);
        let inner = flaw.unclosed(storage::after_the_end_storage_is_closed, opened)?;
        let is_new = flaw
            .names
            .lock()
            .unwrap()
            .insert((partition.into(), name.into()));
        let forgets = [
            storage::open_finds_what_was_synced,
            storage::open_finds_what_was_not_synced,
        ];
        if !is_new && flaw.is_any(&forgets) {
            inner.truncate(0).await?;
        }
        Ok(Blob::new(inner, flaw.clone()))
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        let flaw = &self.flaw;
        let removes = !flaw.is(machine::remove_is_durable_when_it_returns)
            && (name.is_some() || !flaw.is(storage::removing_a_partition_removes_its_blobs));
        if !removes {
            return Ok(());
        }
        let removed = self.inner.remove(&self.partition(partition), name).await;
        flaw.calls.fetch_add(1, SeqCst);
        match (removed, name) {
            (Ok(()), Some(_)) if flaw.is(storage::a_partition_lives_until_it_is_removed) => {
                match self.inner.scan(partition).await?.is_empty() {
                    true => self.inner.remove(partition, None).await,
                    false => Ok(()),
                }
            }
            (Err(Error::PartitionMissing(partition)), Some(name))
                if flaw.is(storage::a_missing_partition_is_partition_missing) =>
            {
                Err(Error::BlobMissing(
                    partition,
                    String::from_utf8_lossy(name).into(),
                ))
            }
            (Err(Error::BlobMissing(partition, _)), Some(name))
                if flaw.is(storage::a_missing_blob_is_blob_missing) =>
            {
                Err(Error::BlobMissing(
                    partition,
                    String::from_utf8_lossy(name).into(),
                ))
            }
            (removed, _) => flaw.unclosed(storage::after_the_end_storage_is_closed, removed),
        }
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        let scanned = self.inner.scan(&self.partition(partition)).await;
        let mut names = self
            .flaw
            .unclosed(storage::after_the_end_storage_is_closed, scanned)?;
        match self.flaw.defect {
            storage::scan_ascends_by_bytes => names.reverse(),
            storage::open_creates_an_empty_blob => names.clear(),
            machine::open_is_durable_when_it_returns if self.flaw.crashed.load(SeqCst) => {
                names.clear();
            }
            _ => {}
        }
        Ok(names)
    }
}
