//! Workloads of a world: hosts, connections, files.

use std::{future::pending, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::sleep,
};
use turmoil::{
    Sim,
    fs::shim::tokio::fs::File,
    net::{TcpListener, TcpStream},
};
use work::{BEAT, BLOCK, LINK, MESSAGE, PORT, SYNC, Size};

fn world(seed: u64) -> Sim<'static> {
    let mut builder = turmoil::Builder::new();
    builder
        .rng_seed(seed)
        .simulation_duration(Duration::from_secs(1_000_000))
        .min_message_latency(LINK)
        .max_message_latency(LINK);
    builder.build()
}

/// Runs `work` on the only host there is.
pub(crate) fn alone(work: impl Future<Output = ()> + 'static) {
    let mut world = world(1);
    world.client("host", async {
        work.await;
        Ok(())
    });
    world.run().unwrap();
}

async fn serve() -> turmoil::Result {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    let (mut stream, _) = listener.accept().await?;
    let mut bytes = [0; MESSAGE];
    while stream.read_exact(&mut bytes).await.is_ok() {
        stream.write_all(&bytes).await?;
    }
    Ok(())
}

async fn ask(trips: u64) -> turmoil::Result {
    let mut stream = TcpStream::connect(("server", PORT)).await?;
    let mut bytes = [7; MESSAGE];
    for _ in 0..trips {
        stream.write_all(&bytes).await?;
        stream.read_exact(&mut bytes).await?;
    }
    Ok(())
}

fn simulation(seed: u64, hosts: u64, trips: u64) {
    let mut world = world(seed);
    world.host("server", serve);
    for number in 2..hosts {
        world.host(format!("idle-{number}"), pending);
    }
    world.client("client", ask(trips));
    world.run().unwrap();
}

pub(crate) fn round_trips(size: Size) {
    simulation(1, size.scale, size.operations);
}

pub(crate) fn simulations(size: Size) {
    for seed in 0..size.operations {
        simulation(seed, size.scale, 1);
    }
}

pub(crate) fn heartbeats(size: Size) {
    let mut world = world(1);
    for number in 0..size.scale {
        world.client(format!("host-{number}"), async move {
            for _ in 0..size.each() {
                sleep(BEAT).await;
            }
            Ok(())
        });
    }
    world.run().unwrap();
}

pub(crate) fn appends(size: Size) {
    alone(async move {
        let file = File::create("/log").await.unwrap();
        let block = [7; BLOCK];
        for number in 1..=size.operations {
            let end = (number - 1) * BLOCK as u64;
            assert_eq!(file.write_at(&block, end).await.unwrap(), BLOCK);
            if number % SYNC == 0 {
                file.sync_all().await.unwrap();
            }
        }
    });
}
