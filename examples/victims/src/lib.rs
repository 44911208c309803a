//! Small libraries, each with one mistake that was seen in the wild, and each found out by one kind
//! of fault of the simulator.
//!
//! Whether a library is corrected is its argument `fixed`: what it decides are at most five lines.
//! `tests/it` runs each of them over 1,000 seeds without the fault, which it survives with its mistake,
//! and with the fault, which it survives corrected. `FAULTS.md` of the simulator is the table of them.

#![forbid(unsafe_code)]

pub mod accounts;
pub mod call;
pub mod checkpoint;
pub mod checksum;
pub mod counters;
pub mod download;
pub mod fence;
pub mod gauge;
pub mod journal;
pub mod leader;
pub mod lease;
pub mod listing;
pub mod lock;
pub mod master;
pub mod measure;
pub mod pages;
pub mod pool;
pub mod purchase;
pub mod records;
pub mod retry;
pub mod route;
pub mod sequence;
pub mod snapshot;
pub mod standby;
pub mod status;
pub mod syslog;
pub mod timestamps;
pub mod vote;
pub mod withdraw;
