//! A spawn and its join: 100,000 at a time, and one after the other, beside tokio's current-thread
//! runtime.
#![expect(clippy::disallowed_methods, reason = "one half is tokio itself")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use runtime_deterministic::Executor;
use runtime_traits::{Runner, Spawner};

const TASKS: u64 = 100_000;

fn at_once() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|number| context.spawn("task", async move { number }))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn at_once_by_tokio() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|number| tokio::spawn(async move { number }))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn in_turn() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        for number in 0..TASKS {
            context.spawn("task", async move { number }).await.unwrap();
        }
    });
}

fn in_turn_by_tokio() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        for number in 0..TASKS {
            tokio::spawn(async move { number }).await.unwrap();
        }
    });
}

fn spawns(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("spawns");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(TASKS));
    group.bench_function("at once, tokio", |bench| bench.iter(at_once_by_tokio));
    group.bench_function("at once, simulated", |bench| bench.iter(at_once));
    group.bench_function("in turn, tokio", |bench| bench.iter(in_turn_by_tokio));
    group.bench_function("in turn, simulated", |bench| bench.iter(in_turn));
    group.finish();
}

criterion_group!(benches, spawns);
criterion_main!(benches);
