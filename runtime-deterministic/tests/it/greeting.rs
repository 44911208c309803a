//! The example of two hosts, as the main README.md shows it.

use runtime_deterministic::{Context, simulate};
use runtime_traits::{Clock, Error, Listener, Network, Sink, Spawner, Stream};
use std::{net::SocketAddr, time::Duration};

#[simulate]
async fn a_greeting_crosses_the_network(context: Context) -> Result<(), Error> {
    let boot = |context: Context| async move {
        let mut listener = context.bind(SocketAddr::new(context.addr(), 80)).await?;
        let (_, mut sink, _stream) = listener.accept().await?;
        let greeter = context.spawn("greeter", async move { sink.send(b"hello").await });
        greeter.await?
    };
    let server = context.world().host("server", boot).unwrap();
    context.sleep(Duration::from_millis(1)).await; // it listens by now
    let (_sink, mut stream) = context.dial(SocketAddr::new(server.addr(), 80)).await?;
    let mut word = [0; 5];
    stream.recv(&mut word).await?;
    assert_eq!(&word, b"hello");
    Ok(())
}
