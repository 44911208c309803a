//! A round trip of 64 bytes between two hosts over a simulated link, beside tokio's duplex pipe,
//! which has no link and no time; and a whole run with three hosts and one round trip, beside a new
//! current-thread runtime and a pipe.
#![expect(clippy::disallowed_methods, reason = "one half is tokio itself")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use runtime_deterministic::{Context, Executor};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Sink, Stream};
use std::{net::Ipv4Addr, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

const TRIPS: u64 = 10_000;
const PORT: u16 = 80;

async fn serve(context: Context) -> Result<(), Error> {
    let mut listener = context.bind((Ipv4Addr::UNSPECIFIED, PORT).into()).await?;
    let (_, mut sink, mut stream) = listener.accept().await?;
    let mut bytes = [0; 64];
    while stream.recv(&mut bytes).await.is_ok() {
        sink.send(&bytes).await?;
    }
    Ok(())
}

fn simulated(hosts: u64, trips: u64) {
    let (runner, context, _) = Executor::seeded(1);
    let run = async {
        let world = context.world();
        let server = world.host("server", serve).unwrap();
        for number in 2..hosts {
            world.host(&format!("idle-{number}"), async |_| ()).unwrap();
        }
        context.sleep(Duration::from_millis(1)).await;
        let (mut sink, mut stream) = context.dial((server.addr(), PORT).into()).await?;
        let mut bytes = [7; 64];
        for _ in 0..trips {
            sink.send(&bytes).await?;
            stream.recv(&mut bytes).await?;
        }
        Ok::<_, Error>(())
    };
    runner.start(run).unwrap();
}

fn by_tokio(trips: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let run = async {
        let (mut near, mut far) = duplex(4096);
        tokio::spawn(async move {
            let mut bytes = [0; 64];
            while far.read_exact(&mut bytes).await.is_ok() {
                far.write_all(&bytes).await.unwrap();
            }
        });
        let mut bytes = [7; 64];
        for _ in 0..trips {
            near.write_all(&bytes).await?;
            near.read_exact(&mut bytes).await?;
        }
        Ok::<_, std::io::Error>(())
    };
    runtime.unwrap().block_on(run).unwrap();
}

fn round_trips(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("round_trips");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(TRIPS));
    group.bench_function("tokio", |bench| bench.iter(|| by_tokio(TRIPS)));
    group.bench_function("simulated", |bench| bench.iter(|| simulated(2, TRIPS)));
    group.finish();

    let mut group = criterion.benchmark_group("whole_runs");
    group.throughput(Throughput::Elements(1));
    group.bench_function("tokio", |bench| bench.iter(|| by_tokio(1)));
    group.bench_function("simulated", |bench| bench.iter(|| simulated(3, 1)));
    group.finish();
}

criterion_group!(benches, round_trips);
criterion_main!(benches);
