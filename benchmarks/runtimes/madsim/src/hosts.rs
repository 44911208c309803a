//! Workloads of a world: hosts, connections, files.

use madsim::{
    fs::File,
    net::{NetSim, TcpListener, TcpStream},
    runtime::{NodeHandle, Runtime},
    time::sleep,
};
use std::{net::Ipv4Addr, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use work::{BEAT, BLOCK, LINK, MESSAGE, PORT, SYNC, Size};

fn address(number: u64) -> Ipv4Addr {
    Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 1).to_bits() + number as u32)
}

fn world(seed: u64, hosts: u64) -> (Runtime, Vec<NodeHandle>) {
    let runtime = Runtime::with_seed_and_config(seed, madsim::Config::default());
    let node = |number| {
        let node = runtime.create_node().name(format!("host-{number}"));
        node.ip(address(number).into()).build()
    };
    let nodes = (0..hosts).map(node).collect();
    (runtime, nodes)
}

async fn serve() {
    let listener = TcpListener::bind((address(0), PORT)).await.unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = [0; MESSAGE];
    while stream.read_exact(&mut bytes).await.is_ok() {
        stream.write_all(&bytes).await.unwrap();
        stream.flush().await.unwrap();
    }
}

async fn ask(trips: u64) {
    sleep(LINK).await;
    let mut stream = TcpStream::connect((address(0), PORT)).await.unwrap();
    let mut bytes = [7; MESSAGE];
    for _ in 0..trips {
        stream.write_all(&bytes).await.unwrap();
        stream.flush().await.unwrap();
        stream.read_exact(&mut bytes).await.unwrap();
    }
}

fn simulation(seed: u64, hosts: u64, trips: u64) {
    let (runtime, nodes) = world(seed, hosts);
    runtime.block_on(async move {
        let latency = LINK..LINK + Duration::from_nanos(1);
        NetSim::current().update_config(|config| config.send_latency = latency);
        drop(nodes[0].spawn(serve()));
        nodes[1].spawn(ask(trips)).await.unwrap();
    });
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
    let (runtime, nodes) = world(1, size.scale);
    runtime.block_on(async move {
        let beat = move || async move {
            for _ in 0..size.each() {
                sleep(BEAT).await;
            }
        };
        let hosts: Vec<_> = nodes.iter().map(|node| node.spawn(beat())).collect();
        for host in hosts {
            host.await.unwrap();
        }
    });
}

pub(crate) fn appends(size: Size) {
    let (runtime, nodes) = world(1, 1);
    runtime.block_on(async move {
        let host = nodes[0].spawn(async move {
            let file = File::create("log").await.unwrap();
            let block = [7; BLOCK];
            for number in 1..=size.operations {
                let end = (number - 1) * BLOCK as u64;
                file.write_all_at(&block, end).await.unwrap();
                if number % SYNC == 0 {
                    file.sync_all().await.unwrap();
                }
            }
        });
        host.await.unwrap();
    });
}
