//! Writing 4 KiB after 4 KiB to a blob, and syncing each, beside `tokio::fs`.

#[path = "work/blob_write.rs"]
mod work;

use criterion::{Criterion, criterion_group, criterion_main};

fn blob_write(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("blob_write");
    group.bench_function("write, tokio::fs", |bench| bench.iter_custom(work::by_hand));
    group.bench_function("write, runtime-tokio", |bench| {
        bench.iter_custom(work::ours)
    });
    group.bench_function("write and sync, tokio::fs", |bench| {
        bench.iter_custom(work::by_hand_synced);
    });
    group.bench_function("write and sync, runtime-tokio", |bench| {
        bench.iter_custom(work::ours_synced);
    });
    group.finish();
}

criterion_group!(benches, blob_write);
criterion_main!(benches);
