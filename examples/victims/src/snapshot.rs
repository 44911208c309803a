//! A snapshot and heartbeats over one connection.
//!
//! The mistake: the snapshot goes in one piece, and while it does no heartbeat gets through. Seen in:
//! NATS Streaming, whose heartbeats were late behind what was replicated
//! (nats-io/nats-streaming-server#629, 2019).

use runtime_traits::{Clock, Error, Listener, Network, Sink, Stream};
use std::{net::SocketAddr, time::Duration};

/// After so long without a heartbeat the sender counts as dead.
const LIMIT: Duration = Duration::from_secs(1);
/// What is behind so many bytes: a heartbeat.
const HEAD: usize = 4;

/// Sends a snapshot, and a heartbeat behind each piece of it.
///
/// # Errors
/// What the connection says.
pub async fn send<N: Network>(
    context: &N,
    to: SocketAddr,
    snapshot: &[u8],
    fixed: bool,
) -> Result<(), Error> {
    let (mut sink, mut stream) = context.dial(to).await?;
    let piece = if fixed { 1024 } else { snapshot.len() };
    for piece in snapshot.chunks(piece) {
        sink.send(&(piece.len() as u32).to_be_bytes()).await?;
        sink.send(piece).await?;
    }
    sink.close().await?;
    // The receiver has all of it when it hangs up.
    stream.recv_some(&mut [0]).await.map(drop)
}

/// Receives a snapshot from a sender that gives signs of life.
///
/// # Errors
/// [`Error::Timeout`] when the sender counts as dead; what the connection says.
pub async fn receive<N: Network + Clock>(
    context: &N,
    listener: &mut N::Listener,
) -> Result<Vec<u8>, Error> {
    let (_, _sink, mut stream) = listener.accept().await?;
    let mut snapshot = Vec::new();
    loop {
        let piece = context.timeout(LIMIT, next(&mut stream));
        match piece.await?? {
            piece if piece.is_empty() => return Ok(snapshot),
            piece => snapshot.extend(piece),
        }
    }
}

/// The next piece, which comes with a heartbeat; none at the end.
async fn next(stream: &mut impl Stream) -> Result<Vec<u8>, Error> {
    let mut head = [0; HEAD];
    if stream.recv_some(&mut head[..1]).await? == 0 {
        return Ok(Vec::new());
    }
    stream.recv(&mut head[1..]).await?;
    let mut piece = vec![0; u32::from_be_bytes(head) as usize];
    stream.recv(&mut piece).await?;
    Ok(piece)
}
