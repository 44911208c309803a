//! Workloads of a world: connections, files.

use crate::tasks::{drive, world};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use moonpool_core::{OpenOptions, StorageFile, StorageProvider};
use moonpool_sim::{
    NetworkProvider, StorageConfiguration, TcpListenerTrait,
    executor::{Executor, spawn},
};
use std::net::{IpAddr, Ipv4Addr};
use work::{BLOCK, MESSAGE, SYNC, Size};

const ADDRESS: &str = "10.0.0.1:9000";

fn simulation(seed: u64, trips: u64) {
    let mut world = world();
    let (near, far) = (world.network_provider(), world.network_provider());
    Executor::new(seed).block_on(async {
        let _server = spawn("server", async move {
            let listener = far.bind(ADDRESS).await.unwrap();
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = [0; MESSAGE];
            for _ in 0..trips {
                stream.read_exact(&mut bytes).await.unwrap();
                stream.write_all(&bytes).await.unwrap();
            }
        });
        let client = spawn("client", async move {
            let mut stream = near.connect(ADDRESS).await.unwrap();
            let mut bytes = [7; MESSAGE];
            for _ in 0..trips {
                stream.write_all(&bytes).await.unwrap();
                stream.read_exact(&mut bytes).await.unwrap();
            }
        });
        drive(&mut world, || client.is_finished()).await;
    });
}

pub(crate) fn round_trips(size: Size) {
    simulation(1, size.operations);
}

pub(crate) fn simulations(size: Size) {
    for seed in 0..size.operations {
        simulation(seed, 1);
    }
}

pub(crate) fn appends(size: Size) {
    let mut world = world();
    world.set_storage_config(StorageConfiguration::fast_local());
    let disk = world.storage_provider(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    Executor::new(1).block_on(async {
        let host = spawn("host", async move {
            let options = OpenOptions::create_write();
            let mut file = disk.open("log", options).await.unwrap();
            let block = [7; BLOCK];
            for number in 1..=size.operations {
                file.write_all(&block).await.unwrap();
                if number % SYNC == 0 {
                    file.sync_all().await.unwrap();
                }
            }
        });
        drive(&mut world, || host.is_finished()).await;
    });
}
