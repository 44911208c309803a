//! A connection on the loopback address, as the clauses about the network use it.

use runtime_traits::{Error, Listener, Network, Stream};
use std::net::{Ipv4Addr, SocketAddr};

/// Port 0 of the loopback address.
pub(crate) fn anywhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

pub(crate) type Halves<C> = (<C as Network>::Sink, <C as Network>::Stream);

/// Both ends of one connection: who dialled, and who accepted.
pub(crate) async fn pair<C: Network>(context: &C) -> (Halves<C>, Halves<C>) {
    let mut listener = context.bind(anywhere()).await.expect("a free port");
    connect(context, &mut listener).await
}

/// One more connection to `listener`.
pub(crate) async fn connect<C: Network>(
    context: &C,
    listener: &mut C::Listener,
) -> (Halves<C>, Halves<C>) {
    let dialled = context.dial(listener.local_addr()).await;
    let dialled = dialled.expect("the listener is there");
    let (_, sink, stream) = listener.accept().await.expect("the dialled connection");
    (dialled, (sink, stream))
}

/// Reads until the end, or the error that ends it.
pub(crate) async fn read_to_end(stream: &mut impl Stream) -> (Vec<u8>, Result<(), Error>) {
    let (mut bytes, mut buf) = (Vec::new(), [0; 4096]);
    loop {
        match stream.recv_some(&mut buf).await {
            Ok(0) => return (bytes, Ok(())),
            Ok(received) => bytes.extend_from_slice(&buf[..received]),
            Err(error) => return (bytes, Err(error)),
        }
    }
}
