//! Reading 4 KiB of a blob that lies in the page cache: this backend, and a bare `pread`.

#![cfg(unix)]

use criterion::{Criterion, criterion_group, criterion_main};
use runtime_tokio::{Config, Executor, Threads};
use runtime_traits::{Blob, Runner, Storage};
use std::{
    hint::black_box,
    io::Write,
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};

const LEN: usize = 4096;

fn ours(reads: u64) -> Duration {
    let mut config = Config::default();
    config.threads = Threads::Current;
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let blob = context.open("bench", b"blob").await.unwrap();
        blob.write_at(&[7; LEN], 0).await.unwrap();
        let mut bytes = [0; LEN];
        let begin = Instant::now();
        for _ in 0..reads {
            blob.read_at(black_box(&mut bytes), 0).await.unwrap();
        }
        begin.elapsed()
    })
}

fn by_hand(reads: u64) -> Duration {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&[7; LEN]).unwrap();
    let mut bytes = [0; LEN];
    let begin = Instant::now();
    for _ in 0..reads {
        file.read_exact_at(black_box(&mut bytes), 0).unwrap();
    }
    begin.elapsed()
}

fn blob_read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("blob_read");
    group.bench_function("pread", |bench| bench.iter_custom(by_hand));
    group.bench_function("runtime-tokio", |bench| bench.iter_custom(ours));
    group.finish();
}

criterion_group!(benches, blob_read);
criterion_main!(benches);
