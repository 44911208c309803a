//! A test whose faults are left to the seed, as a test of a library reads.

use runtime_deterministic::{Context, Faults, simulate};
use runtime_traits::{Clock, Error, Listener, Network, Sink, Stream};
use std::{net::SocketAddr, time::Duration};

async fn greet(context: Context) -> Result<(), Error> {
    let mut listener = context.bind(SocketAddr::new(context.addr(), 80)).await?;
    loop {
        let (_, mut sink, _) = listener.accept().await?;
        let _ = sink.send(b"hello").await;
    }
}

#[simulate(faults = Faults::drawn(), seeds = 0..200)]
async fn a_server_that_had_a_bad_day_answers(context: Context) {
    let world = context.world();
    let server = world.host("server", greet).unwrap();
    context.sleep(Duration::from_secs(10)).await;

    world.calm();
    context.sleep(Duration::from_secs(1)).await;
    let socket = SocketAddr::new(server.addr(), 80);
    let (_, mut stream) = context.dial(socket).await.unwrap();
    let mut greeting = [0; 5];
    stream.recv(&mut greeting).await.unwrap();
    assert_eq!(&greeting, b"hello");
}
