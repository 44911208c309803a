//! Reading 4 KiB of a blob that lies in the page cache, beside a bare `pread`.

#![cfg(unix)]

#[path = "work/blob_read.rs"]
mod work;

use criterion::{Criterion, criterion_group, criterion_main};

fn blob_read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("blob_read");
    group.bench_function("pread", |bench| bench.iter_custom(work::by_hand));
    group.bench_function("runtime-tokio", |bench| bench.iter_custom(work::ours));
    group.finish();
}

criterion_group!(benches, blob_read);
criterion_main!(benches);
