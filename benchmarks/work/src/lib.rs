//! What every runtime is given to do, and how one process measures one workload.
//!
//! A runtime's program is `fn main() -> ExitCode { work::measure(&[...]) }` with a function per
//! workload. Knows no runtime; what a workload is made of for one is in that one's package.
#![forbid(unsafe_code)]

mod meter;
mod search;
mod tasks;

pub use meter::{Can, measure};
pub use search::search;
pub use tasks::{begun, length};

use std::time::Duration;

/// How much of a workload is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Polls, spawns, sleeps, round trips, runs, heartbeats or appends, over all tasks and hosts.
    pub operations: u64,
    /// Over how many tasks, or hosts, they are spread, where a workload has some.
    pub scale: u64,
}

impl Size {
    /// The operations of each of `scale`.
    #[must_use]
    pub fn each(self) -> u64 {
        self.operations / self.scale
    }
}

/// Bytes that go to and fro in a round trip.
pub const MESSAGE: usize = 64;
/// How long a message is on its way from host to host.
pub const LINK: Duration = Duration::from_millis(1);
/// How long a sleep of the workload `c` is.
pub const SLEEP: Duration = Duration::from_millis(1);
/// Between two heartbeats of a host.
pub const BEAT: Duration = Duration::from_millis(100);
/// The length of an append.
pub const BLOCK: usize = 4096;
/// So many appends, then a sync.
pub const SYNC: u64 = 100;
/// The time-out that is cancelled.
pub const HOUR: Duration = Duration::from_secs(60 * 60);
/// The port of whoever serves.
pub const PORT: u16 = 9000;

/// A workload: its name on the command line of a runtime's program, and how much of it is done.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    pub name: &'static str,
    pub what: &'static str,
    pub size: Size,
}

const fn workload(name: &'static str, operations: u64, scale: u64, what: &'static str) -> Workload {
    let size = Size { operations, scale };
    Workload { name, what, size }
}

/// All of them, in the order of the table.
pub const WORKLOADS: &[Workload] = &[
    workload(
        "a",
        1_000_000,
        1_000,
        "1,000 tasks give way 1,000 times each: one poll",
    ),
    workload(
        "b",
        100_000,
        1,
        "100,000 tasks are spawned, then joined: one task",
    ),
    workload(
        "b2",
        100_000,
        1,
        "100,000 tasks are spawned and joined in turn: one task",
    ),
    workload(
        "c",
        500_000,
        1_000,
        "1,000 tasks sleep 500 times for 1 ms each: one sleep",
    ),
    workload(
        "c-random",
        500_000,
        1_000,
        "the same, each up to 2 ms: one sleep",
    ),
    workload(
        "d",
        20_000,
        2,
        "64 bytes go to another host and back, 1 ms each way: one round trip",
    ),
    workload(
        "e",
        1_000,
        3,
        "a fresh simulation of 3 hosts with one round trip: one simulation",
    ),
    workload(
        "f",
        6_000,
        10,
        "10 hosts with a timer of 100 ms over 60 virtual seconds: one beat",
    ),
    workload(
        "g",
        10_000,
        1,
        "4 KiB are appended to a file, with a sync after every 100: one append",
    ),
    workload(
        "cancelled",
        1_000_000,
        1,
        "a time-out of one hour is begun and cancelled: one time-out",
    ),
    workload(
        "memory",
        100_000,
        1,
        "100,000 tasks live at once: peak of the process",
    ),
];
