//! A file: what its readers see, what would survive, and the changes in between.
//!
//! What is seen is the system's cache, what would survive is on the disk. They differ by the
//! changes that were not synced, and by the pages that the disk did not take although the cache
//! counts them as clean.
//!
//! It is pure: the caller decides what the disk takes, and what survives a crash.

use super::{
    change::{Change, Written, parts},
    pages::{Pages, touched},
    store::{PAGE, Store},
};
use std::collections::BTreeSet;

/// The grain at which a disk writes wholly or not at all, in bytes.
pub(crate) const SECTOR: u64 = 512;

#[derive(Default)]
pub(crate) struct File {
    store: Store,
    seen: Pages,
    durable: Pages,
    /// Not yet durable, in order; the first has the number `synced`.
    pending: Vec<Change>,
    synced: u64,
    /// Pages that are clean in the cache, and different on the disk.
    stale: BTreeSet<u64>,
    /// Open handles, clones not counted.
    pub(crate) handles: u32,
    /// Whether a directory entry leads here.
    pub(crate) linked: bool,
    /// How many syncs have failed: each handle that was open then is told once.
    pub(crate) failed_syncs: u32,
}

/// What becomes of a change at a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    Lost,
    /// Each sector on its own is kept or lost.
    Torn,
    /// The length is kept, and the bytes are lost.
    Hollow,
}

impl File {
    pub(crate) fn len(&self) -> u64 {
        self.seen.len()
    }

    /// How many pages it takes on the disk; holes take none.
    pub(crate) fn pages(&self) -> u64 {
        self.seen.count()
    }

    pub(crate) fn read(&self, buf: &mut [u8], offset: u64) {
        self.seen.read(&self.store, buf, offset);
    }

    pub(crate) fn write(&mut self, bytes: &[u8], offset: u64) {
        let whole = offset.is_multiple_of(PAGE) && (bytes.len() as u64).is_multiple_of(PAGE);
        if whole && self.stale.is_empty() {
            return self.write_pages(bytes, offset);
        }
        self.seen.write(&mut self.store, bytes, offset);
        let (offset, bytes) = match self.stale.is_empty() {
            true => (offset, Written::Bytes(bytes.into())),
            false => self.dirty(bytes, offset),
        };
        self.pending.push(Change::Write { offset, bytes });
    }

    /// The bytes are copied last: much of what comes behind so many stores waits for all of them.
    fn write_pages(&mut self, contents: &[u8], offset: u64) {
        let (store, seen) = (&mut self.store, &mut self.seen);
        let mut reserve = |offset| {
            let page = store.reserve();
            seen.put(store, page, offset);
            store.share(page)
        };
        if contents.len() as u64 == PAGE {
            let page = reserve(offset);
            let bytes = Written::Page(page);
            self.pending.push(Change::Write { offset, bytes });
            return store.fill(page, contents);
        }
        let contents = contents.chunks_exact(PAGE as usize);
        let places = (offset..).step_by(PAGE as usize).take(contents.len());
        let pages: Vec<_> = places.map(reserve).collect();
        for (page, content) in pages.iter().zip(contents) {
            store.fill(*page, content);
        }
        let bytes = Written::Pages(pages);
        self.pending.push(Change::Write { offset, bytes });
    }

    /// Pages are dirty as a whole: what a write leaves of a stale page becomes dirty again with it.
    fn dirty(&mut self, bytes: &[u8], offset: u64) -> (u64, Written) {
        let pages = touched(offset, bytes.len());
        let (mut start, mut end) = (offset, offset + bytes.len() as u64);
        if self.stale.contains(pages.start()) {
            start = pages.start() * PAGE;
        }
        if self.stale.contains(pages.end()) {
            end = self.seen.len().min((pages.end() + 1) * PAGE);
        }
        self.stale.retain(|page| !pages.contains(page));
        let mut bytes = vec![0; (end - start) as usize];
        self.seen.read(&self.store, &mut bytes, start);
        (start, Written::Bytes(bytes))
    }

    pub(crate) fn truncate(&mut self, len: u64) {
        self.seen.truncate(&mut self.store, len);
        self.stale.retain(|page| page * PAGE < len);
        self.pending.push(Change::Truncate(len));
    }

    /// How many bytes of a write there is room for, when it may take so many more pages.
    pub(crate) fn fits(&self, offset: u64, len: usize, room: u64) -> usize {
        let mut holes = touched(offset, len).filter(|page| !self.seen.contains(*page));
        let end = offset + len as u64;
        let first = holes.nth(room as usize);
        let fits = first.map_or(end, |page| (page * PAGE).max(offset));
        (fits - offset) as usize
    }

    /// How many changes there have been.
    pub(crate) fn changes(&self) -> u64 {
        self.synced + self.pending.len() as u64
    }

    /// Makes the first `changes` of all changes durable.
    pub(crate) fn sync(&mut self, changes: u64) {
        let count = changes.saturating_sub(self.synced) as usize;
        for change in self.pending.drain(..count) {
            self.synced += 1;
            change.apply(&mut self.store, &mut self.durable, &BTreeSet::new());
        }
    }

    /// The pages that a sync of the first `changes` writes, but for those that are dirty again.
    pub(crate) fn covered(&self, changes: u64) -> BTreeSet<u64> {
        let count = changes.saturating_sub(self.synced) as usize;
        let (covered, later) = self.pending.split_at(count);
        let later: BTreeSet<_> = later.iter().flat_map(Change::pages).collect();
        let covered = covered.iter().flat_map(Change::pages);
        covered.filter(|page| !later.contains(page)).collect()
    }

    /// As [`sync`](Self::sync), but the disk does not take the pages of `lost`: they are clean, and
    /// seen until they are evicted. Lengths are of another page, and get there.
    pub(crate) fn lose(&mut self, changes: u64, lost: &BTreeSet<u64>) {
        let count = changes.saturating_sub(self.synced) as usize;
        for change in self.pending.drain(..count) {
            self.synced += 1;
            change.apply(&mut self.store, &mut self.durable, lost);
        }
        let end = self.seen.len();
        self.stale
            .extend(lost.iter().filter(|page| *page * PAGE < end));
    }

    /// The stale pages that `len` bytes at `offset` touch.
    pub(crate) fn stale(&self, offset: u64, len: usize) -> Vec<u64> {
        match self.stale.is_empty() {
            true => Vec::new(),
            false => self.stale.range(touched(offset, len)).copied().collect(),
        }
    }

    /// The cache forgets a stale page: it is read from the disk again.
    pub(crate) fn evict(&mut self, page: u64) {
        if self.stale.remove(&page) {
            self.seen.copy(&mut self.store, &self.durable, page);
        }
    }

    /// A bit on the disk turns. Readers see it if they read from the disk. Says whether there was
    /// anything: a hole has no bits, and a page that is to be written gets new ones.
    pub(crate) fn rot(&mut self, offset: u64, bit: u32) -> bool {
        let page = offset / PAGE;
        let rots = self.durable.contains(page) && !self.is_dirty(page);
        if rots {
            self.durable.flip(&mut self.store, offset, bit);
            if !self.stale.contains(&page) {
                self.seen.flip(&mut self.store, offset, bit);
            }
        }
        rots
    }

    fn is_dirty(&self, page: u64) -> bool {
        let mut pages = self.pending.iter().flat_map(Change::pages);
        pages.any(|dirty| dirty == page)
    }

    /// The pages that are on the disk and not about to be written.
    pub(crate) fn clean(&self) -> Vec<u64> {
        let dirty: BTreeSet<_> = self.pending.iter().flat_map(Change::pages).collect();
        let pages = self.durable.iter().map(|(number, _)| number);
        pages.filter(|page| !dirty.contains(page)).collect()
    }

    /// What is seen of a page.
    pub(crate) fn page(&self, page: u64) -> Vec<u8> {
        let mut content = vec![0; PAGE as usize];
        self.seen.read(&self.store, &mut content, page * PAGE);
        content
    }

    /// The disk writes what was meant for another place over a page. The cache does not know.
    pub(crate) fn overwrite(&mut self, page: u64, content: &[u8]) {
        let start = page * PAGE;
        let len = self.durable.len().saturating_sub(start).min(PAGE);
        let content = &content[..len as usize];
        self.durable.write(&mut self.store, content, start);
        if start < self.seen.len() {
            self.stale.insert(page);
        }
    }

    pub(crate) fn durable_len(&self) -> u64 {
        self.durable.len()
    }

    pub(crate) fn durable(&self) -> Vec<u8> {
        self.durable.to_vec(&self.store)
    }

    /// Loses what was not synced, but for what `dice` lets survive: a change as a whole, and a
    /// sector of a torn write. Returns how many sectors of unsynced writes did.
    ///
    /// A disk writes a sector as a whole: with a write survives what was written into its sectors
    /// before.
    pub(crate) fn crash(&mut self, mut dice: impl Dice) -> u32 {
        if self.pending.is_empty() && self.stale.is_empty() {
            return 0;
        }
        let touched = self.unsynced();
        let store = &mut self.store;
        let (mut kept, mut cache) = (0, self.durable.part(store, touched.iter().copied()));
        for change in self.pending.drain(..) {
            self.synced += 1;
            let fate = dice.fate();
            let (offset, len) = match &change {
                Change::Write { offset, bytes } => (*offset, bytes.len()),
                Change::Truncate(len) => {
                    if fate == Fate::Kept {
                        self.durable.truncate(store, *len);
                    }
                    (*len, 0)
                }
            };
            change.apply(store, &mut cache, &BTreeSet::new());
            if fate == Fate::Hollow && len > 0 {
                self.durable.grow(offset + len as u64);
            }
            for (offset, _) in parts(SECTOR, offset, len) {
                if fate == Fate::Kept || fate == Fate::Torn && dice.keeps_sector() {
                    write_sector(store, &cache, &mut self.durable, offset / SECTOR);
                    kept += 1;
                }
            }
        }
        cache.truncate(store, 0);
        self.seen.truncate(store, self.durable.len());
        for page in touched {
            self.seen.copy(store, &self.durable, page);
        }
        self.stale.clear();
        kept
    }

    /// The pages that a crash may change, on the disk or in what is seen.
    fn unsynced(&self) -> BTreeSet<u64> {
        let written = self.pending.iter().flat_map(Change::pages);
        let mut unsynced: BTreeSet<_> = written.chain(self.stale.iter().copied()).collect();
        let cuts = |change: &Change| matches!(change, Change::Truncate(_));
        if self.pending.iter().any(cuts) {
            let both = self.seen.iter().chain(self.durable.iter());
            unsynced.extend(both.map(|(number, _)| number));
        }
        unsynced
    }
}

/// Writes a sector as the cache has it, as far as the file goes.
fn write_sector(store: &mut Store, cache: &Pages, disk: &mut Pages, sector: u64) {
    let start = sector * SECTOR;
    disk.grow(cache.len().min(start + SECTOR));
    let end = disk.len().min(start + SECTOR);
    let sector = &mut [0; SECTOR as usize][..(end - start) as usize];
    cache.read(store, sector, start);
    disk.write(store, sector, start);
}

/// What decides at a crash.
pub(crate) trait Dice {
    fn fate(&mut self) -> Fate;
    fn keeps_sector(&mut self) -> bool;
}

#[cfg(test)]
mod tests;
