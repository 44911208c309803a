//! The store's two simulations, seed by seed: `survival`, in which the test itself breaks things, and
//! `swarm`, in which the seed does. The variable SEARCH says which.
#![forbid(unsafe_code)]

#[path = "../../../../examples/store/tests/sim/client.rs"]
mod client;
#[path = "../../../../examples/store/tests/sim/cluster.rs"]
mod cluster;
#[path = "../../../../examples/store/tests/sim/history.rs"]
mod history;
#[path = "../../../../examples/store/tests/sim/operator.rs"]
mod operator;
#[path = "../../../../examples/store/tests/sim/survival.rs"]
mod survival;
#[path = "../../../../examples/store/tests/sim/swarm.rs"]
mod swarm;
#[path = "../../../../examples/store/tests/sim/trouble.rs"]
mod trouble;
#[path = "../../../../examples/store/tests/sim/value.rs"]
mod value;

use runtime_deterministic::{Config, Context, Executor, Faults};
use runtime_traits::Runner;
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::var("SEARCH").as_deref() {
        Ok("swarm") => work::search(|seed| {
            run(
                seed,
                Faults::drawn(),
                swarm::acknowledged_puts_survive_faults,
            );
        }),
        _ => work::search(|seed| {
            run(seed, Faults::none(), survival::acknowledged_puts_survive);
        }),
    }
}

fn run<F>(seed: u64, faults: Faults, test: impl FnOnce(Context) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut config = Config::default();
    config.seed = seed;
    config.faults = faults;
    let (runner, context, _) = Executor::init(config);
    runner.start(test(context));
}
