//! The contract, clause by clause, each under 100 seeds.

use runtime_deterministic::{Auditor, Config, Context, Executor, Runner};
use runtime_traits::Panics;

fn simulated(seed: u64, panics: Panics) -> (Runner, Context, Auditor) {
    let mut config = Config::default();
    config.seed = seed;
    config.panics = panics;
    Executor::init(config)
}

fn run(seed: u64, panics: Panics) -> (Runner, Context) {
    let (runner, context, _auditor) = simulated(seed, panics);
    (runner, context)
}

runtime_conformance::suite!(
    |seed| run(seed, Panics::Propagate),
    seeds = 0..100,
    panics = run,
    tasks = |context| context.tasks(),
    audited = |seed| {
        let (runner, context, auditor) = simulated(seed, Panics::Propagate);
        (runner, context, move || auditor.state())
    },
);
