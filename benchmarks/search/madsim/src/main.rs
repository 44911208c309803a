//! The store and its test on madsim, seed by seed.
//!
//! The store's test names ours; here those names are this crate's.
#![forbid(unsafe_code)]

#[cfg(not(madsim))]
compile_error!("madsim simulates nothing without it: RUSTFLAGS='--cfg madsim' cargo build");

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
use madsim::runtime::Runtime;
use runtime_traits::Spawner;
use std::{process::ExitCode, time::Duration};

/// Longer than any run that goes well, in virtual time.
const LIMIT: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    work::search(|seed| {
        let mut runtime = Runtime::with_seed_and_config(seed, madsim::Config::default());
        runtime.set_time_limit(LIMIT);
        let operator = runtime.create_node().name("operator");
        let operator = operator.ip(peer::resolve("operator-100")).build();
        runtime
            .block_on(operator.spawn(async {
                let context = Context::new();
                let test = survival::acknowledged_puts_survive(context.clone());
                context
                    .spawn("test", test)
                    .await
                    .expect("it does not panic");
            }))
            .expect("it does not panic");
    })
}
