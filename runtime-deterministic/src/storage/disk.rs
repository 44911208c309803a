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
    /// How many pages they take together.
    pages: u64,
    /// Changes of entries that were asked for and have not been answered: by number, which is in order.
    /// Most hosts ask for none.
    asked: Option<BTreeMap<u32, Asked>>,
}

/// A change of directory entries. Until it is answered a crash may leave it done or not.
pub(crate) struct Asked {
    pub(crate) partition: String,
    pub(crate) what: Entry,
}

pub(crate) enum Entry {
    Open(Vec<u8>),
    Remove(Option<Vec<u8>>),
}

const LIVES: &str = "a file lives as long as a handle or an entry";

/// Why a name leads nowhere.
pub(crate) enum Missing {
    Partition,
    Blob,
}

impl Disk {
    /// Remembers a change of entries that is on its way, under a number of its own.
    pub(crate) fn ask(&mut self, number: u32, asked: Asked) {
        self.asked.get_or_insert_default().insert(number, asked);
    }

    /// The change was answered, or nobody waits for it.
    pub(crate) fn answer(&mut self, number: u32) {
        if let Some(all) = &mut self.asked {
            all.remove(&number);
        }
    }

    /// Opens a file, or creates it with the number `fresh`. Returns its number.
    pub(crate) fn open(&mut self, partition: &str, name: &[u8], fresh: u32) -> u32 {
        let number = self.link(partition, name, fresh);
        self.change(number, |file| file.handles += 1);
        number
    }

    fn link(&mut self, partition: &str, name: &[u8], fresh: u32) -> u32 {
        let entries = match self.partitions.get_mut(partition) {
            Some(entries) => entries,
            None => self.partitions.entry(partition.into()).or_default(),
        };
        let number = *entries.entry(name.into()).or_insert(fresh);
        self.files.entry(number).or_default().linked = true;
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
            self.change(number, |file| file.linked = false);
            self.forget_unused(number);
        }
        Ok(())
    }

    pub(crate) fn scan(&self, partition: &str) -> Option<Vec<Vec<u8>>> {
        Some(self.partitions.get(partition)?.keys().cloned().collect())
    }

    /// # Panics
    /// When nobody has the file open and no entry leads to it.
    pub(crate) fn file(&self, number: u32) -> &File {
        self.files.get(&number).expect(LIVES)
    }

    /// Changes a file, and counts what it takes then.
    ///
    /// # Panics
    /// As [`file`](Self::file).
    pub(crate) fn change<T>(&mut self, number: u32, change: impl FnOnce(&mut File) -> T) -> T {
        let file = self.files.get_mut(&number).expect(LIVES);
        self.pages -= file.pages();
        let changed = change(file);
        self.pages += file.pages();
        changed
    }

    pub(crate) fn release(&mut self, number: u32) {
        if let Some(file) = self.files.get_mut(&number) {
            file.handles = file.handles.saturating_sub(1);
            self.forget_unused(number);
        }
    }

    /// How many pages the files take.
    pub(crate) fn pages(&self) -> u64 {
        self.pages
    }

    /// The places on the disk that hold something and are not about to be written.
    pub(crate) fn places(&self) -> Vec<(u32, u64)> {
        let places = |(number, file): (&u32, &File)| {
            let (number, clean) = (*number, file.clean());
            clean.into_iter().map(move |page| (number, page))
        };
        self.files.iter().flat_map(places).collect()
    }

    /// How many bytes the blobs of a partition have together, holes counted.
    pub(crate) fn durable_len(&self, partition: &str) -> u64 {
        let entries = self.partitions.get(partition).into_iter().flatten();
        entries
            .map(|(_, number)| self.files[number].durable_len())
            .sum()
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
    /// Returns the changes of entries that were on their way; none was made.
    pub(crate) fn crash(&mut self, mut crash: impl FnMut(u32, &mut File)) -> BTreeMap<u32, Asked> {
        self.files.retain(|_, file| file.linked);
        self.pages = 0;
        for (number, file) in &mut self.files {
            file.handles = 0;
            crash(*number, file);
            self.pages += file.pages();
        }
        self.asked.take().unwrap_or_default()
    }

    /// Makes a change of entries that survived a crash; a file that it makes gets the number
    /// `fresh`. Says whether it changed anything.
    pub(crate) fn survive(&mut self, asked: &Asked, fresh: u32) -> bool {
        match &asked.what {
            Entry::Open(name) => self.link(&asked.partition, name, fresh) == fresh,
            Entry::Remove(name) => self.remove(&asked.partition, name.as_deref()).is_ok(),
        }
    }

    fn forget_unused(&mut self, number: u32) {
        if self
            .files
            .get(&number)
            .is_some_and(|file| file.handles == 0 && !file.linked)
        {
            let unused = self.files.remove(&number);
            self.pages -= unused.map_or(0, |file| file.pages());
        }
    }
}

#[cfg(test)]
mod tests;
