//! Records that are shipped to a collector.
//!
//! The mistake: what was sent counts as received, and what was on its way when the connection broke
//! is gone. Seen in: syslog over TCP (Gerhards, "On the (un)reliability of plain tcp syslog", 2008).

use runtime_traits::{Clock, Error, Listener, Network, Sink, Stream};
use std::{net::SocketAddr, time::Duration};

const PAUSE: Duration = Duration::from_micros(100);

/// Ships records, by number from 1 on, over as many connections as it takes.
pub async fn ship<R: Network + Clock>(
    context: &R,
    collector: SocketAddr,
    records: u64,
    fixed: bool,
) {
    let mut next = 1;
    while next <= records {
        context.sleep(PAUSE).await;
        let Ok((mut sink, mut stream)) = context.dial(collector).await else {
            continue;
        };
        while next <= records && sink.send(&next.to_be_bytes()).await.is_ok() {
            if fixed && stream.recv(&mut [0]).await.is_err() {
                break;
            }
            next += 1;
            context.sleep(PAUSE).await;
        }
        // The collector reads to the end, and hangs up.
        let _ = sink.close().await;
        while let Ok(1..) = stream.recv_some(&mut [0; 64]).await {}
    }
}

/// Collects records, acknowledges each, and tells `collected` of it. One may come twice.
///
/// # Errors
/// What the listener says.
pub async fn collect<N: Network>(
    context: N,
    socket: SocketAddr,
    mut collected: impl FnMut(u64),
) -> Result<(), Error> {
    let mut listener = context.bind(socket).await?;
    loop {
        let (_, mut sink, mut stream) = listener.accept().await?;
        let mut record = [0; 8];
        while stream.recv(&mut record).await.is_ok() {
            collected(u64::from_be_bytes(record));
            if sink.send(b"!").await.is_err() {
                break;
            }
        }
    }
}
