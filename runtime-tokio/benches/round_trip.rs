//! A round trip of 64 bytes over TCP, beside the same by hand on tokio.

#[path = "work/round_trip.rs"]
mod work;

use criterion::{Criterion, criterion_group, criterion_main};

fn round_trip(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("round_trip");
    group.bench_function("tokio by hand", |bench| bench.iter_custom(work::by_hand));
    group.bench_function("runtime-tokio", |bench| bench.iter_custom(work::ours));
    group.finish();
}

criterion_group!(benches, round_trip);
criterion_main!(benches);
