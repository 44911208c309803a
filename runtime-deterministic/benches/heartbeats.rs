//! Virtual time at work: ten hosts with a timer of 100 ms each, for 60 s of virtual time, beside as
//! many tasks of tokio's current-thread runtime with its clock paused.
#![expect(clippy::disallowed_methods, reason = "one half is tokio itself")]

use criterion::{Criterion, criterion_group, criterion_main};
use runtime_deterministic::{Context, Executor};
use runtime_traits::{Clock, Runner};
use std::time::Duration;

const HOSTS: usize = 10;
const BEATS: u32 = 600;
const BEAT: Duration = Duration::from_millis(100);

async fn beat(context: Context) {
    for _ in 0..BEATS {
        context.sleep(BEAT).await;
    }
}

fn simulated() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let world = context.world();
        let hosts = (0..HOSTS).map(|number| world.host(&format!("host-{number}"), beat));
        for host in hosts.collect::<Vec<_>>() {
            host.unwrap().wait().await.unwrap();
        }
    });
}

fn by_tokio() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let beat = || async {
            for _ in 0..BEATS {
                tokio::time::sleep(BEAT).await;
            }
        };
        let hosts: Vec<_> = (0..HOSTS).map(|_| tokio::spawn(beat())).collect();
        for host in hosts {
            host.await.unwrap();
        }
    });
}

fn heartbeats(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heartbeats");
    group.bench_function("tokio", |bench| bench.iter(by_tokio));
    group.bench_function("simulated", |bench| bench.iter(simulated));
    group.finish();
}

criterion_group!(benches, heartbeats);
criterion_main!(benches);
