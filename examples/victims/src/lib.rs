//! Small libraries, each with one mistake that was seen in the wild, and each found out by one kind
//! of fault of the simulator.
//!
//! Whether a library is corrected is its argument `fixed`: what it decides are at most five lines.
//! `tests/it` runs each of them over 1,000 seeds without the fault, which it survives with its mistake,
//! and with the fault, which it survives corrected. `FAULTS.md` of the simulator is the table of them.

#![forbid(unsafe_code)]

pub mod call;
pub mod fence;
pub mod lock;
pub mod retry;
pub mod timestamps;
pub mod vote;
