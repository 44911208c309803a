//! Appends of 4 KiB with a sync after every hundred, to blobs that end at 1 MiB, 64 MiB and 1 GiB,
//! beside a copy of as much into memory that was touched before.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use runtime_deterministic::Executor;
use runtime_traits::{Blob, Error, Runner, Storage};
use std::hint::black_box;

const BLOCK: usize = 4096;
const SYNC: u64 = 100;

fn simulated(appends: u64) {
    let (runner, context, _) = Executor::seeded(1);
    let run = async {
        let blob = context.open("log", b"log").await?;
        let block = [7; BLOCK];
        for number in 1..=appends {
            blob.write_at(&block, (number - 1) * BLOCK as u64).await?;
            if number % SYNC == 0 {
                blob.sync().await?;
            }
        }
        Ok::<_, Error>(())
    };
    runner.start(run).unwrap();
}

fn copied(memory: &mut [u8]) {
    let block = black_box([7; BLOCK]);
    for place in memory.chunks_exact_mut(BLOCK) {
        place.copy_from_slice(&block);
    }
    black_box(memory);
}

fn appends(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("appends");
    group.sample_size(10);
    for appends in [256, 16_384, 262_144] {
        group.throughput(Throughput::Elements(appends));
        let name = |what| BenchmarkId::new(what, format!("{} MiB", appends / 256));
        let mut memory = vec![1; appends as usize * BLOCK];
        group.bench_function(name("copied"), |bench| bench.iter(|| copied(&mut memory)));
        group.bench_function(name("simulated"), |bench| bench.iter(|| simulated(appends)));
    }
    group.finish();
}

criterion_group!(benches, appends);
criterion_main!(benches);
