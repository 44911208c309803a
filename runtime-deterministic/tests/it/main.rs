//! The simulator's behaviour, as its users see it.

#![expect(
    clippy::disallowed_macros,
    reason = "clippy asks here, and not where it stands, whether `tokio::select!` is expected"
)]

mod bounds;
mod clocks;
mod closer;
mod config;
mod datagrams;
mod determinism;
mod digests;
mod disks;
mod ecosystem;
mod faults;
mod greeting;
mod hosts;
mod limits;
mod links;
mod lives;
mod logs;
mod panics;
mod replays;
mod reports;
mod schedules;
mod supervisors;
mod tasks;
mod threads;
mod time;
mod work;
