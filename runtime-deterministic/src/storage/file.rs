//! A file: what its readers see, what would survive, and the changes in between.
//!
//! It is pure: the caller decides by a function which sectors survive a crash.

use super::pages::Pages;

/// The grain at which a disk writes wholly or not at all, in bytes.
pub(crate) const SECTOR: u64 = 512;

#[derive(Default)]
pub(crate) struct File {
    seen: Pages,
    durable: Pages,
    /// Not yet durable, in order; the first has the number `synced`.
    pending: Vec<Change>,
    synced: u64,
    /// Open handles, clones not counted.
    pub(crate) handles: u32,
    /// Whether a directory entry leads here.
    pub(crate) linked: bool,
}

enum Change {
    Write { offset: u64, bytes: Vec<u8> },
    Truncate(u64),
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

    pub(crate) fn read(&self, buf: &mut [u8], offset: u64) {
        self.seen.read(buf, offset);
    }

    pub(crate) fn write(&mut self, bytes: &[u8], offset: u64) {
        self.seen.write(bytes, offset);
        self.pending.push(Change::Write {
            offset,
            bytes: bytes.into(),
        });
    }

    pub(crate) fn truncate(&mut self, len: u64) {
        self.seen.truncate(len);
        self.pending.push(Change::Truncate(len));
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
            match change {
                Change::Write { offset, bytes } => self.durable.write(&bytes, offset),
                Change::Truncate(len) => self.durable.truncate(len),
            }
        }
    }

    /// The first `changes` of all changes do not reach the disk: they are seen, and a crash loses
    /// them.
    pub(crate) fn fail_sync(&mut self, changes: u64) {
        let count = changes.saturating_sub(self.synced);
        self.pending.drain(..count as usize);
        self.synced += count;
    }

    pub(crate) fn durable(&self) -> Vec<u8> {
        self.durable.to_vec()
    }

    /// Loses what was not synced, but for what `fate` and `keep` let survive: a change as a whole,
    /// and a sector of a torn write. Returns how many sectors of unsynced writes did.
    pub(crate) fn crash(&mut self, mut dice: impl Dice) -> u32 {
        let mut kept = 0;
        for change in self.pending.drain(..) {
            self.synced += 1;
            let fate = dice.fate();
            match change {
                Change::Truncate(len) if fate == Fate::Kept => self.durable.truncate(len),
                Change::Truncate(_) => {}
                Change::Write { offset, bytes } if fate == Fate::Hollow => {
                    let end = offset + bytes.len() as u64;
                    self.durable.truncate(self.durable.len().max(end));
                }
                Change::Write { offset, bytes } => {
                    for (offset, sector) in sectors(offset, &bytes) {
                        if fate == Fate::Kept || fate == Fate::Torn && dice.keeps_sector() {
                            self.durable.write(sector, offset);
                            kept += 1;
                        }
                    }
                }
            }
        }
        self.seen = self.durable.clone();
        kept
    }
}

/// What decides at a crash.
pub(crate) trait Dice {
    fn fate(&mut self) -> Fate;
    fn keeps_sector(&mut self) -> bool;
}

/// The parts of a write that lie in one sector each, with their offsets.
fn sectors(mut offset: u64, mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        let len = bytes.len().min((SECTOR - offset % SECTOR) as usize);
        let (head, tail) = bytes.split_at(len);
        let part = (offset, head);
        (bytes, offset) = (tail, offset + len as u64);
        (len > 0).then_some(part)
    })
}

#[cfg(test)]
mod tests;
