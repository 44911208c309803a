//! A sleep: 1,000 tasks that sleep 1,000 times each, all for 1 ms or for random times, beside
//! tokio's current-thread runtime with its clock paused; and a sleep of an hour
//! that is begun and cancelled.
#![expect(clippy::disallowed_methods, reason = "one half is tokio itself")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{Rng, SeedableRng, rngs::StdRng};
use runtime_deterministic::Executor;
use runtime_traits::{Clock, Runner, Spawner};
use std::{pin::pin, time::Duration};

const TASKS: u64 = 1_000;
const SLEEPS: u64 = 1_000;
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How long the sleeps of a task last.
type Lengths = fn(u64) -> Box<dyn Iterator<Item = Duration> + Send>;

fn equal(_: u64) -> Box<dyn Iterator<Item = Duration> + Send> {
    Box::new((0..SLEEPS).map(|_| Duration::from_millis(1)))
}

fn random(task: u64) -> Box<dyn Iterator<Item = Duration> + Send> {
    let mut draws = StdRng::seed_from_u64(task);
    Box::new((0..SLEEPS).map(move |_| Duration::from_nanos(draws.next_u64() % 2_000_000)))
}

fn simulated(lengths: Lengths) {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let task = |number| {
            let context = context.clone();
            async move {
                for length in lengths(number) {
                    context.sleep(length).await;
                }
            }
        };
        let tasks: Vec<_> = (0..TASKS).map(|n| context.spawn("task", task(n))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn paused() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap()
}

fn by_tokio(lengths: Lengths) {
    paused().block_on(async {
        let task = |number| async move {
            for length in lengths(number) {
                tokio::time::sleep(length).await;
            }
        };
        let tasks: Vec<_> = (0..TASKS).map(|n| tokio::spawn(task(n))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

/// Polls a sleep once, as a time-out does whose call is answered late, and drops it.
async fn begun(sleep: impl Future<Output = ()>) {
    assert!(futures::poll!(pin!(sleep)).is_pending());
}

fn cancelled() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        for _ in 0..TASKS * SLEEPS {
            begun(context.sleep(HOUR)).await;
        }
    });
}

fn cancelled_by_tokio() {
    paused().block_on(async {
        for _ in 0..TASKS * SLEEPS {
            begun(tokio::time::sleep(HOUR)).await;
        }
    });
}

fn sleeps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sleeps");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(TASKS * SLEEPS));
    group.bench_function("equal, tokio", |bench| bench.iter(|| by_tokio(equal)));
    group.bench_function("equal, simulated", |bench| bench.iter(|| simulated(equal)));
    group.bench_function("random, tokio", |bench| bench.iter(|| by_tokio(random)));
    group.bench_function("random, simulated", |bench| {
        bench.iter(|| simulated(random))
    });
    group.bench_function("cancelled, tokio", |bench| bench.iter(cancelled_by_tokio));
    group.bench_function("cancelled, simulated", |bench| bench.iter(cancelled));
    group.finish();
}

criterion_group!(benches, sleeps);
criterion_main!(benches);
