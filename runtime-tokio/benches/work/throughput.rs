//! Bytes one way over TCP on the loopback interface, in sends of 64 KiB: this backend, and the same by
//! hand on tokio.

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

pub(crate) const LEN: usize = 1 << 16;

pub(crate) fn ours(sends: u64) -> Duration {
    let mut config = Config::default();
    config.threads = Threads::Current;
    let (runner, context) = Executor::init(config);
    runner.start(async {
        let mut listener = context.bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let address = listener.local_addr();
        let client = context.clone();
        let client = context.spawn("client", async move {
            let (mut sink, _stream) = client.dial(address).await.unwrap();
            for _ in 0..sends {
                sink.send(&[1; LEN]).await.unwrap();
            }
            sink.close().await.unwrap();
        });
        let (_, _sink, mut stream) = listener.accept().await.unwrap();
        let mut bytes = vec![0; LEN];
        let begin = Instant::now();
        while stream.recv_some(&mut bytes).await.unwrap() > 0 {}
        let took = begin.elapsed();
        client.await.unwrap();
        took
    })
}

pub(crate) fn by_hand(sends: u64) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            for _ in 0..sends {
                stream.write_all(&[1; LEN]).await.unwrap();
            }
            stream.shutdown().await.unwrap();
        });
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; LEN];
        let begin = Instant::now();
        while stream.read(&mut bytes).await.unwrap() > 0 {}
        let took = begin.elapsed();
        client.await.unwrap();
        took
    })
}
