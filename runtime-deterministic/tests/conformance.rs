//! The contract, clause by clause, each under 100 seeds.

use runtime_deterministic::{Config, Context, Executor, Runner};
use runtime_traits::Panics;

fn simulated(seed: u64, panics: Panics) -> (Runner, Context) {
    let mut config = Config::default();
    config.seed = seed;
    config.panics = panics;
    let (runner, context, _auditor) = Executor::init(config);
    (runner, context)
}

runtime_conformance::suite!(
    |seed| simulated(seed, Panics::Propagate),
    seeds = 0..100,
    panics = simulated
);
