//! The simulator's behaviour, as its users see it.

mod clocks;
mod datagrams;
mod determinism;
mod disks;
mod hosts;
mod links;
mod reports;
mod tasks;
mod threads;
mod time;
