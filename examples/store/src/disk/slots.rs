//! The epoch on disk, in two places in turn, so that a crash while one is written leaves the other.

use crate::{epoch::Epoch, wire::Wire};
use runtime_traits::{Blob, Error};

/// Far enough apart that no sector holds both.
const SPACING: u64 = 4096;
const SLOTS: u64 = 2;
/// An epoch and its checksum.
const SIZE: usize = 18;

pub(super) struct Slots<B> {
    blob: B,
    epoch: Epoch,
    /// Where the next epoch goes: never where the current one is.
    next: u64,
}

impl<B: Blob> Slots<B> {
    /// Opens the slots, and finds the latest epoch in them; the default one in new slots.
    pub(super) async fn open(blob: B) -> Result<(Self, Epoch), Error> {
        let mut current = (Epoch::default(), SLOTS - 1);
        let length = blob.len().await?;
        for slot in (0..SLOTS).filter(|slot| slot * SPACING + SIZE as u64 <= length) {
            let mut bytes = [0; SIZE];
            blob.read_at(&mut bytes, slot * SPACING).await?;
            current = current.max((decode(&bytes).unwrap_or_default(), slot));
        }
        let (epoch, slot) = current;
        // What can be read need not be on disk: a process that was killed did not sync it, and after
        // a sync that failed no later one would. Written again, in the same place, it gets there.
        if epoch != Epoch::default() {
            blob.write_at(&encode(epoch), slot * SPACING).await?;
        }
        blob.sync().await?;
        let next = (slot + 1) % SLOTS;
        Ok((Self { blob, epoch, next }, epoch))
    }

    /// Makes `epoch` durable.
    pub(super) async fn store(&mut self, epoch: Epoch) -> Result<(), Error> {
        if epoch == self.epoch {
            return Ok(());
        }
        let offset = self.next * SPACING;
        self.blob.write_at(&encode(epoch), offset).await?;
        self.blob.sync().await?;
        self.epoch = epoch;
        self.next = (self.next + 1) % SLOTS;
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        self.blob.close().await
    }
}

fn encode(epoch: Epoch) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SIZE);
    epoch.encode(&mut bytes);
    crc32fast::hash(&bytes).encode(&mut bytes);
    bytes
}

/// The epoch of a slot, unless it was torn or never written.
fn decode(bytes: &[u8; SIZE]) -> Option<Epoch> {
    let (epoch, checksum) = bytes.split_at(SIZE - size_of::<u32>());
    let whole = u32::from_bytes(checksum) == Ok(crc32fast::hash(epoch));
    Epoch::from_bytes(epoch).ok().filter(|_| whole)
}

#[cfg(test)]
mod tests;
