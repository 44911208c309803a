//! The disks of a run: what is durable, what is not yet, how long it takes, and what goes wrong.

mod blob;
mod chance;
mod change;
mod damage;
mod disk;
mod driver;
mod entries;
mod faults;
mod file;
mod pages;
mod store;

pub use blob::Blob;
pub(crate) use chance::Faults;
pub(crate) use disk::Disk;
pub use disk::Partition;
pub use driver::HostDisk;
pub use faults::{DiskFaults, DiskOp};
pub(crate) use store::{PAGE, give_back_idle};

use crate::{FaultKind, event::Event, kernel::Kernel};
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
    /// How long a sync, an open or a removal takes.
    pub(crate) fn sync_time(&mut self, host: u32, op: DiskOp) -> u64 {
        let state = &mut self.hosts[host as usize];
        if !state.faults.is_armed() {
            return state.disk_draws.within(SYNC);
        }
        let latency = state.faults.latency(op);
        self.fired.add_if(FaultKind::SlowDisk, latency.is_some());
        let time = latency.unwrap_or_else(|| state.disk_draws.within(SYNC));
        time + self.stall(host)
    }

    /// How often a read or a write gives way, and how long it takes then.
    pub(crate) fn access(&mut self, host: u32, op: DiskOp) -> (u32, u64) {
        let state = &mut self.hosts[host as usize];
        let armed = state.faults.is_armed();
        let latency = if armed {
            state.faults.latency(op)
        } else {
            None
        };
        self.fired.add_if(FaultKind::SlowDisk, latency.is_some());
        let draws = &mut state.disk_draws;
        let time = latency.unwrap_or_else(|| match draws.one_in(MISSES) {
            true => draws.within(MISS),
            false => 0,
        });
        let yields = draws.below(YIELDS + 1);
        let stall = if armed { self.stall(host) } else { 0 };
        (yields, time + stall)
    }

    /// How long the disk does not answer: a stall may begin.
    fn stall(&mut self, host: u32) -> u64 {
        let now = self.now;
        let faults = &mut self.hosts[host as usize].faults;
        let began = faults.stall(now);
        let stalled = faults.stalled(now);
        if let Some(nanos) = began {
            self.fired.add(FaultKind::Stall);
            self.note(Event::Stall { host, nanos });
        }
        stalled
    }

    /// Whether a call is to fail.
    #[inline]
    pub(crate) fn strike(&mut self, host: u32, op: DiskOp) -> bool {
        let faults = &mut self.hosts[host as usize].faults;
        let fails = faults.is_armed() && faults.strike(op);
        if fails {
            self.fired.add_if(FaultKind::IoError, op != DiskOp::Sync);
            self.note(Event::DiskError { host, op });
        }
        fails
    }

    /// Notes what the nemesis made of a disk.
    pub(crate) fn note_troubles(&mut self, host: u32) {
        let troubles = self.hosts[host as usize].faults.troubles().to_string();
        self.note(Event::SetDisk {
            host,
            faults: &troubles,
        });
    }

    /// A number for a file that may be made; numbers are not used twice in a run.
    pub(crate) fn fresh_file(&mut self) -> u32 {
        self.files += 1;
        self.files
    }
}

/// What a call that fails is told.
fn broken(op: DiskOp) -> runtime_traits::Cause {
    std::io::Error::other(format!("the simulated disk fails this {op}")).into()
}
