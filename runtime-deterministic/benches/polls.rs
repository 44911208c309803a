//! A poll: 1,000 tasks that give way 1,000 times each, in an order drawn from the seed and with the
//! audit, beside tokio's current-thread runtime with its queue and nothing else.
#![expect(clippy::disallowed_methods, reason = "one half is tokio itself")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use runtime_deterministic::Executor;
use runtime_traits::{Runner, Spawner, reschedule};

const TASKS: u64 = 1_000;
const TURNS: u64 = 1_000;

fn simulated() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let task = || async {
            for _ in 0..TURNS {
                reschedule().await;
            }
        };
        let tasks: Vec<_> = (0..TASKS).map(|_| context.spawn("task", task())).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn by_tokio() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let task = || async {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        };
        let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(task())).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn polls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("polls");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(TASKS * TURNS));
    group.bench_function("tokio", |bench| bench.iter(by_tokio));
    group.bench_function("simulated", |bench| bench.iter(simulated));
    group.finish();
}

criterion_group!(benches, polls);
criterion_main!(benches);
