//! The disks of a run: what is durable, what is not yet, and how long it takes.

mod blob;
mod disk;
mod faults;
mod file;
mod pages;

pub use blob::Blob;
pub use disk::Partition;
pub(crate) use disk::{Disk, Missing};
pub(crate) use faults::Faults;
pub use faults::{DiskOp, HostDisk};

use crate::{draws::Draws, event::Event, kernel::Kernel};
use file::{Dice, Fate};
use std::ops::RangeInclusive;

/// How long a sync, an open or a removal takes, in nanoseconds: a crash finds them half done.
const SYNC: RangeInclusive<u64> = 100_000..=1_000_000;
/// A read or a write gives way up to so many times, so that what waits for it interleaves.
const YIELDS: u32 = 2;
/// One read or write in so many misses the cache.
const MISSES: u32 = 4;
/// How long that takes, in nanoseconds: two tasks that read, then write, find each other at it.
const MISS: RangeInclusive<u64> = 1_000..=100_000;

impl Kernel {
    pub(crate) fn sync_time(&mut self, host: u32) -> u64 {
        self.hosts[host as usize].disk_draws.within(SYNC)
    }

    /// How often a read or a write gives way, and how long it takes then.
    pub(crate) fn access(&mut self, host: u32) -> (u32, u64) {
        let draws = &mut self.hosts[host as usize].disk_draws;
        let time = if draws.one_in(MISSES) {
            draws.within(MISS)
        } else {
            0
        };
        (draws.below(YIELDS + 1), time)
    }

    /// A number for a file that may be made; numbers are not used twice in a run.
    pub(crate) fn fresh_file(&mut self) -> u32 {
        self.files += 1;
        self.files
    }

    /// The host's machine lost power: of each write that was not synced something may survive.
    pub(crate) fn lose_unsynced(&mut self, host: u32) {
        let mut survivors = Vec::new();
        let state = &mut self.hosts[host as usize];
        let draws = &mut state.disk_draws;
        state.disk.crash(|file, state| {
            let kept = state.crash(Chance(draws));
            survivors.push(Event::Survive {
                file,
                kept,
                len: state.len(),
            });
        });
        survivors.into_iter().for_each(|event| self.note(event));
    }
}

/// Three writes in eight are lost, two survive, two are torn, one leaves zeros.
struct Chance<'a>(&'a mut Draws);

impl Dice for Chance<'_> {
    fn fate(&mut self) -> Fate {
        match self.0.below(8) {
            0..3 => Fate::Lost,
            3..5 => Fate::Kept,
            5..7 => Fate::Torn,
            _ => Fate::Hollow,
        }
    }

    fn keeps_sector(&mut self) -> bool {
        self.0.one_in(2)
    }
}
