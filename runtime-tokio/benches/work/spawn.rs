//! Spawning an empty task and awaiting its handle, on each kind of threads: this backend, its label
//! included, and the same by hand on tokio.

use runtime_tokio::{Config, Executor, Threads};
use runtime_traits::{Runner, Spawner};
use std::time::{Duration, Instant};
use tokio::runtime::Builder;

pub(crate) fn ours_on_one_thread(tasks: u64) -> Duration {
    ours(Threads::Current, tasks)
}

pub(crate) fn ours_on_two_workers(tasks: u64) -> Duration {
    ours(Threads::Workers(2), tasks)
}

pub(crate) fn by_hand_on_one_thread(tasks: u64) -> Duration {
    by_hand(&mut Builder::new_current_thread(), tasks)
}

pub(crate) fn by_hand_on_two_workers(tasks: u64) -> Duration {
    by_hand(Builder::new_multi_thread().worker_threads(2), tasks)
}

fn ours(threads: Threads, tasks: u64) -> Duration {
    let mut config = Config::default();
    config.threads = threads;
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let inside = context.clone();
        let all = context.spawn("all", async move {
            let begin = Instant::now();
            for _ in 0..tasks {
                inside.spawn("one", async {}).await.unwrap();
            }
            begin.elapsed()
        });
        all.await.unwrap()
    })
}

fn by_hand(builder: &mut Builder, tasks: u64) -> Duration {
    let runtime = builder.enable_all().build().unwrap();
    runtime.block_on(async {
        let all = tokio::spawn(async move {
            let begin = Instant::now();
            for _ in 0..tasks {
                tokio::spawn(async {}).await.unwrap();
            }
            begin.elapsed()
        });
        all.await.unwrap()
    })
}
