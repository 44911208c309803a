//! Bytes one way over TCP, beside the same by hand on tokio.

#[path = "work/throughput.rs"]
mod work;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("throughput");
    group.throughput(Throughput::Bytes(work::LEN as u64));
    group.bench_function("tokio by hand", |bench| bench.iter_custom(work::by_hand));
    group.bench_function("runtime-tokio", |bench| bench.iter_custom(work::ours));
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
