//! The rules of the contract, on real sockets, files and clocks.

mod attached;
mod bounds;
#[cfg(unix)]
mod crash;
#[cfg(target_os = "linux")]
mod crowd;
mod datagrams;
mod dialling;
mod lifecycle;
mod log;
mod metrics;
mod network;
#[cfg(target_os = "linux")]
mod page_cache;
mod panics;
mod pool;
mod read_ahead;
mod round_trip;
mod shutdown;
#[cfg(target_os = "linux")]
mod signals;
mod spans;
mod storage;
mod tasks;
mod time;

use runtime_tokio::{Config, Context, Executor, Threads};
use runtime_traits::{Clock, Runner};
use std::time::Duration;

/// Runs `root` on two workers. A rule that is broken by waiting for ever fails after a minute.
fn run<T>(root: impl AsyncFnOnce(Context) -> T) -> T {
    run_with(two_workers(), root)
}

fn run_with<T>(config: Config, root: impl AsyncFnOnce(Context) -> T) -> T {
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let limit = Duration::from_secs(60);
        let root = context.timeout(limit, root(context.clone()));
        root.await.expect("the test waits for ever")
    })
}

fn two_workers() -> Config {
    let mut config = Config::default();
    config.threads = Threads::Workers(2);
    config
}

fn one_thread() -> Config {
    let mut config = Config::default();
    config.threads = Threads::Current;
    config
}
