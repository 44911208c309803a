//! The store and its test on turmoil, seed by seed.
//!
//! The store's test names ours; here those names are this crate's.
#![forbid(unsafe_code)]

extern crate self as runtime_deterministic;

#[path = "../../../../examples/store/tests/sim/client.rs"]
mod client;
#[path = "../../bridge/cluster.rs"]
mod cluster;
#[path = "../../bridge/context.rs"]
mod context;
#[path = "../../../../examples/store/tests/sim/history.rs"]
mod history;
#[path = "../../bridge/network.rs"]
mod network;
#[path = "../../../../examples/store/tests/sim/operator.rs"]
mod operator;
mod peer;
#[path = "../../bridge/storage.rs"]
mod storage;
#[path = "../../../../examples/store/tests/sim/survival.rs"]
mod survival;
#[path = "../../../../examples/store/tests/sim/trouble.rs"]
mod trouble;
#[path = "../../../../examples/store/tests/sim/value.rs"]
mod value;

pub use cluster::Crash;
pub use context::Context;
use std::process::ExitCode;

fn main() -> ExitCode {
    work::search(peer::run)
}
