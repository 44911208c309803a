//! Workloads of a world: hosts, connections, disks.

use runtime_deterministic::{Context, Executor};
use runtime_traits::{Blob, Clock, Error, Listener, Network, Runner, Sink, Storage, Stream};
use std::net::Ipv4Addr;
use work::{BEAT, BLOCK, LINK, MESSAGE, PORT, SYNC, Size};

async fn serve(context: Context) -> Result<(), Error> {
    let mut listener = context.bind((Ipv4Addr::UNSPECIFIED, PORT).into()).await?;
    let (_, mut sink, mut stream) = listener.accept().await?;
    let mut bytes = [0; MESSAGE];
    while stream.recv(&mut bytes).await.is_ok() {
        sink.send(&bytes).await?;
    }
    Ok(())
}

/// Over links as they are by default: 0.1 to 1 ms, drawn for each segment.
fn simulation(seed: u64, hosts: u64, trips: u64) {
    let (runner, context, _) = Executor::seeded(seed);
    let run = async {
        let world = context.world();
        let server = world.host("server", serve).unwrap();
        for number in 2..hosts {
            world.host(&format!("idle-{number}"), async |_| ()).unwrap();
        }
        context.sleep(LINK).await;
        let (mut sink, mut stream) = context.dial((server.addr(), PORT).into()).await?;
        let mut bytes = [7; MESSAGE];
        for _ in 0..trips {
            sink.send(&bytes).await?;
            stream.recv(&mut bytes).await?;
        }
        Ok::<_, Error>(())
    };
    runner.start(run).unwrap();
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
    let (runner, context, _) = Executor::seeded(1);
    let beat = move |context: Context| async move {
        for _ in 0..size.each() {
            context.sleep(BEAT).await;
        }
    };
    runner.start(async {
        let world = context.world();
        let hosts: Vec<_> = (0..size.scale)
            .map(|number| world.host(&format!("host-{number}"), beat).unwrap())
            .collect();
        for host in hosts {
            host.wait().await.unwrap();
        }
    });
}

pub(crate) fn appends(size: Size) {
    let (runner, context, _) = Executor::seeded(1);
    let run = async {
        let blob = context.open("log", b"log").await?;
        let block = [7; BLOCK];
        for number in 1..=size.operations {
            blob.write_at(&block, (number - 1) * BLOCK as u64).await?;
            if number % SYNC == 0 {
                blob.sync().await?;
            }
        }
        Ok::<_, Error>(())
    };
    runner.start(run).unwrap();
}
