//! Spawning an empty task and awaiting its handle, on each kind of threads: this backend, its label
//! included, and the same by hand on tokio.

use criterion::{Criterion, criterion_group, criterion_main};
use runtime_tokio::{Config, Executor, Threads};
use runtime_traits::{Runner, Spawner};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

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

fn by_hand(runtime: &Runtime, tasks: u64) -> Duration {
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

fn spawn(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("spawn_and_join");
    let one = Builder::new_current_thread().build().unwrap();
    let two = Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    group.bench_function("one thread, tokio by hand", |bench| {
        bench.iter_custom(|tasks| by_hand(&one, tasks));
    });
    group.bench_function("one thread, runtime-tokio", |bench| {
        bench.iter_custom(|tasks| ours(Threads::Current, tasks));
    });
    group.bench_function("two workers, tokio by hand", |bench| {
        bench.iter_custom(|tasks| by_hand(&two, tasks));
    });
    group.bench_function("two workers, runtime-tokio", |bench| {
        bench.iter_custom(|tasks| ours(Threads::Workers(2), tasks));
    });
    group.finish();
}

criterion_group!(benches, spawn);
criterion_main!(benches);
