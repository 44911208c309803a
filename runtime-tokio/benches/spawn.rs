//! Spawning an empty task and awaiting its handle, beside the same by hand on tokio.

#[path = "work/spawn.rs"]
mod work;

use criterion::{Criterion, criterion_group, criterion_main};

fn spawn(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("spawn_and_join");
    group.bench_function("one thread, tokio by hand", |bench| {
        bench.iter_custom(work::by_hand_on_one_thread);
    });
    group.bench_function("one thread, runtime-tokio", |bench| {
        bench.iter_custom(work::ours_on_one_thread);
    });
    group.bench_function("two workers, tokio by hand", |bench| {
        bench.iter_custom(work::by_hand_on_two_workers);
    });
    group.bench_function("two workers, runtime-tokio", |bench| {
        bench.iter_custom(work::ours_on_two_workers);
    });
    group.finish();
}

criterion_group!(benches, spawn);
criterion_main!(benches);
