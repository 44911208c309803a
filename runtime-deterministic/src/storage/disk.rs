//! A host's disk: partitions, directory entries and the files behind them.
//!
//! It is pure: it decides nothing by chance, and nothing here waits.

use super::file::File;
use std::collections::BTreeMap;

/// The blobs of one partition by name, with their contents.
pub type Partition = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Default)]
pub(crate) struct Disk {
    partitions: BTreeMap<String, BTreeMap<Vec<u8>, u32>>,
    files: BTreeMap<u32, File>,
}

/// Why a name leads nowhere.
pub(crate) enum Missing {
    Partition,
    Blob,
}

impl Disk {
    /// Opens a file, or creates it with the number `fresh`. Returns its number.
    pub(crate) fn open(&mut self, partition: &str, name: &[u8], fresh: u32) -> u32 {
        let entries = match self.partitions.get_mut(partition) {
            Some(entries) => entries,
            None => self.partitions.entry(partition.into()).or_default(),
        };
        let number = *entries.entry(name.into()).or_insert(fresh);
        let file = self.files.entry(number).or_default();
        file.linked = true;
        file.handles += 1;
        number
    }

    pub(crate) fn remove(&mut self, partition: &str, name: Option<&[u8]>) -> Result<(), Missing> {
        let entries = self
            .partitions
            .get_mut(partition)
            .ok_or(Missing::Partition)?;
        let unlinked = match name {
            Some(name) => vec![entries.remove(name).ok_or(Missing::Blob)?],
            None => std::mem::take(entries).into_values().collect(),
        };
        if name.is_none() {
            self.partitions.remove(partition);
        }
        for number in unlinked {
            self.file(number).linked = false;
            self.forget_unused(number);
        }
        Ok(())
    }

    pub(crate) fn scan(&self, partition: &str) -> Option<Vec<Vec<u8>>> {
        Some(self.partitions.get(partition)?.keys().cloned().collect())
    }

    /// # Panics
    /// When nobody has the file open and no entry leads to it.
    pub(crate) fn file(&mut self, number: u32) -> &mut File {
        self.files
            .get_mut(&number)
            .expect("a file lives as long as a handle or an entry")
    }

    pub(crate) fn release(&mut self, number: u32) {
        if let Some(file) = self.files.get_mut(&number) {
            file.handles = file.handles.saturating_sub(1);
            self.forget_unused(number);
        }
    }

    /// What is durable now.
    pub(crate) fn durable(&self, partition: &str) -> Option<Partition> {
        let entries = self.partitions.get(partition)?.iter();
        Some(
            entries
                .map(|(name, number)| (name.clone(), self.files[number].durable()))
                .collect(),
        )
    }

    /// The machine lost power: no handle is open any more, and each file loses what `crash` takes.
    pub(crate) fn crash(&mut self, mut crash: impl FnMut(u32, &mut File)) {
        self.files.retain(|_, file| file.linked);
        for (number, file) in &mut self.files {
            file.handles = 0;
            crash(*number, file);
        }
    }

    fn forget_unused(&mut self, number: u32) {
        if self
            .files
            .get(&number)
            .is_some_and(|file| file.handles == 0 && !file.linked)
        {
            self.files.remove(&number);
        }
    }
}
