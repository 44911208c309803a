//! A round trip of 64 bytes over TCP on the loopback interface: this backend, and the same by hand
//! on tokio. One thread does both ends, so that no time goes to waking another.

use runtime_tokio::{Config, Executor, Threads};
use runtime_traits::{Listener, Network, Runner, Sink, Spawner, Stream};
use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const LEN: usize = 64;

pub(crate) fn ours(trips: u64) -> Duration {
    let mut config = Config::default();
    config.threads = Threads::Current;
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let mut listener = context.bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let address = listener.local_addr();
        let server = context.spawn("server", async move {
            let (_, mut sink, mut stream) = listener.accept().await.unwrap();
            let mut bytes = [0; LEN];
            for _ in 0..trips {
                stream.recv(&mut bytes).await.unwrap();
                sink.send(&bytes).await.unwrap();
            }
        });
        let client = context.clone();
        let client = context.spawn("client", async move {
            let (mut sink, mut stream) = client.dial(address).await.unwrap();
            let mut bytes = [1; LEN];
            let begin = Instant::now();
            for _ in 0..trips {
                sink.send(&bytes).await.unwrap();
                stream.recv(&mut bytes).await.unwrap();
            }
            begin.elapsed()
        });
        let took = client.await.unwrap();
        server.await.unwrap();
        took
    })
}

pub(crate) fn by_hand(trips: u64) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut bytes = [0; LEN];
            for _ in 0..trips {
                stream.read_exact(&mut bytes).await.unwrap();
                stream.write_all(&bytes).await.unwrap();
            }
        });
        let client = tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut bytes = [1; LEN];
            let begin = Instant::now();
            for _ in 0..trips {
                stream.write_all(&bytes).await.unwrap();
                stream.read_exact(&mut bytes).await.unwrap();
            }
            begin.elapsed()
        });
        let took = client.await.unwrap();
        server.await.unwrap();
        took
    })
}
