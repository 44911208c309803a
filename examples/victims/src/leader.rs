//! A leader that appends to its log and tells its follower that it lives.
//!
//! The mistake: it does one after the other, and while its disk is slow it tells nothing. Seen in:
//! etcd, which loses its leader to a slow disk (etcd-io/etcd#7617, 2017).

use runtime_traits::{Blob, Clock, Datagram, Datagrams, Error, Spawner, Storage};
use std::{net::SocketAddr, sync::Arc, time::Duration};

const BEAT: Duration = Duration::from_millis(100);
/// After so long without a beat the leader is given up.
const LIMIT: Duration = Duration::from_secs(1);

/// The leader. It tells `appended` of each entry that is durable.
///
/// # Errors
/// What disk and socket say.
pub async fn lead<R: Datagrams + Clock + Spawner + Storage>(
    context: R,
    follower: SocketAddr,
    mut appended: impl FnMut(u64),
    fixed: bool,
) -> Result<(), Error> {
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    let datagram = Arc::new(context.bind_datagram(any).await?);
    let log = context.open("raft", b"log").await?;
    if fixed {
        let beat = beat(context.clone(), datagram.clone(), follower);
        context.spawn("beat", beat);
    }
    for entry in 0_u64.. {
        datagram.send_to(b"!", follower).await?;
        log.write_at(&entry.to_be_bytes(), 8 * entry).await?;
        log.sync().await?;
        appended(entry);
        context.sleep(BEAT).await;
    }
    Ok(())
}

async fn beat<R: Clock>(
    context: R,
    datagram: impl Datagram,
    follower: SocketAddr,
) -> Result<(), Error> {
    loop {
        datagram.send_to(b"!", follower).await?;
        context.sleep(BEAT).await;
    }
}

/// The follower. It returns once it has given the leader up.
///
/// # Errors
/// What the socket says.
pub async fn follow<R: Datagrams + Clock>(context: R, socket: SocketAddr) -> Result<(), Error> {
    let datagram = context.bind_datagram(socket).await?;
    let mut beat = [0];
    while context
        .timeout(LIMIT, datagram.recv_from(&mut beat))
        .await
        .is_ok()
    {}
    Ok(())
}
