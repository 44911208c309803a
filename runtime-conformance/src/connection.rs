//! A connection on the loopback address, as the clauses about the network use it.

use runtime_traits::{Error, Listener, Network, Sink, Stream};
use std::{
    future::poll_fn,
    io::IoSlice,
    net::{Ipv4Addr, SocketAddr},
    task::Poll,
};

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

pub(crate) fn numbers(len: usize) -> Vec<u8> {
    (0..len).map(|place| (place % 251) as u8).collect()
}

/// More than any backend holds in its buffers.
pub(crate) const PLENTY: usize = 64 << 20;

pub(crate) async fn receive(stream: &mut impl Stream, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    stream.recv(&mut bytes).await.expect("they were sent");
    bytes
}

/// Sends until the sink takes no more, and returns how much it took, at most [`PLENTY`].
pub(crate) async fn stuff(sink: &mut impl Sink) -> usize {
    let chunk = vec![7; 64 << 10];
    let mut taken = 0;
    // Pending twice in a row: a simulator may give way now and then.
    let mut waits = 0;
    poll_fn(|cx| {
        while taken < PLENTY {
            match sink.poll_send(cx, &[IoSlice::new(&chunk)]) {
                Poll::Ready(sent) => {
                    taken += sent.expect("the peer is there");
                    waits = 0;
                }
                Poll::Pending if waits < 2 => {
                    waits += 1;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Pending => break,
            }
        }
        Poll::Ready(taken)
    })
    .await
}
