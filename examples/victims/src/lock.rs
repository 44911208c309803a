//! A lock that is held as long as a connection lasts.
//!
//! The mistake: a machine that lost power closes no connection, and whoever only listens to it waits
//! for ever. Seen in: PostgreSQL, whose backends keep the locks of clients that are gone, for two
//! hours by default, until `tcp_keepalives_idle` or `client_connection_check_interval` is set.

use runtime_traits::{Clock, Error, Listener, Network, Sink, Stream};
use std::{net::SocketAddr, time::Duration};

const BEAT: Duration = Duration::from_millis(200);
/// After so long without a beat the holder counts as dead.
const LIMIT: Duration = Duration::from_secs(2);

/// Lends the lock to one client after the other, each until its connection ends.
///
/// # Errors
/// What the listener says.
pub async fn serve<R: Network + Clock>(
    context: R,
    socket: SocketAddr,
    fixed: bool,
) -> Result<(), Error> {
    let mut listener = context.bind(socket).await?;
    loop {
        let (_, mut sink, mut stream) = listener.accept().await?;
        let mut holds = sink.send(b"!").await.is_ok();
        while holds {
            let patience = if fixed { LIMIT } else { Duration::MAX };
            let mut beat = [0];
            let heard = context.timeout(patience, stream.recv_some(&mut beat));
            holds = matches!(heard.await, Ok(Ok(1)));
        }
    }
}

/// Takes the lock, holds it for `work`, and gives it back.
///
/// # Errors
/// What the connection says.
pub async fn hold<R: Network + Clock>(
    context: &R,
    server: SocketAddr,
    work: Duration,
) -> Result<(), Error> {
    let (mut sink, mut stream) = context.dial(server).await?;
    stream.recv(&mut [0]).await?;
    let end = context.monotonic() + work;
    while context.monotonic() < end {
        sink.send(b".").await?;
        context.sleep(BEAT).await;
    }
    Ok(())
}
