//! The contract, clause by clause, on each kind of threads.

use runtime_tokio::{Config, Context, Executor, Runner, Threads};
use runtime_traits::Panics;

fn run(threads: Threads, panics: Panics) -> (Runner, Context) {
    let mut config = Config::default();
    config.threads = threads;
    config.panics = panics;
    Executor::init(config)
}

mod current_thread {
    use super::*;

    runtime_conformance::suite!(
        |_seed| run(Threads::Current, Panics::Catch),
        panics = |_seed, panics| run(Threads::Current, panics),
        tasks = |context| context.tasks(),
    );
}

mod multi_thread {
    use super::*;

    runtime_conformance::suite!(
        |_seed| run(Threads::PerCore, Panics::Catch),
        panics = |_seed, panics| run(Threads::PerCore, panics),
        tasks = |context| context.tasks(),
    );
}
