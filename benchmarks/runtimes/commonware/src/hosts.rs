//! Workloads of connections and files.

use commonware_runtime::{
    Blob, Clock, Listener, Network, Runner, Sink, Spawner, Storage, Stream, Supervisor,
    WriteOptions, deterministic,
};
use std::net::{Ipv4Addr, SocketAddr};
use work::{BLOCK, LINK, MESSAGE, PORT, SYNC, Size};

fn simulation(seed: u64, trips: u64) {
    deterministic::Runner::seeded(seed).start(|context| async move {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        let mut listener = context.bind(address).await.unwrap();
        let server = context.child("server").spawn(move |_| async move {
            let (_, mut sink, mut stream) = listener.accept().await.unwrap();
            while let Ok(bytes) = stream.recv(MESSAGE).await {
                sink.send(bytes).await.unwrap();
            }
        });
        context.sleep(LINK).await;
        let (mut sink, mut stream) = context.dial(address).await.unwrap();
        for _ in 0..trips {
            sink.send(vec![7; MESSAGE]).await.unwrap();
            stream.recv(MESSAGE).await.unwrap();
        }
        drop((sink, stream));
        server.await.unwrap();
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
    deterministic::Runner::seeded(1).start(|context| async move {
        let (blob, _) = context.open("log", b"log").await.unwrap();
        for number in 1..=size.operations {
            let end = (number - 1) * BLOCK as u64;
            let options = WriteOptions::default();
            blob.write_at(end, vec![7; BLOCK], options).await.unwrap();
            if number % SYNC == 0 {
                blob.sync().await.unwrap();
            }
        }
    });
}
