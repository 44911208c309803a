//! A client that turns to a primary, or to its backup when the primary is not there.
//!
//! The mistake: whoever is heard counts as there, although it may not hear. Seen in: Raft without
//! `CheckQuorum`, whose leader is followed as long as it sends (etcd-io/etcd#3866, 2015; turned on in
//! CockroachDB by cockroachdb/cockroach#6219); Huang et al., "Gray Failure" (2017).

use runtime_traits::{Clock, Datagram, Datagrams, Error};
use std::{net::SocketAddr, time::Duration};

const BEAT: Duration = Duration::from_millis(100);
/// After so long without a sign of life a server is not there.
const LIMIT: Duration = Duration::from_secs(1);
/// How many beats an answer may take.
const LATE: u64 = 5;

/// A server: it tells the client in each beat the newest of the client's that it heard.
///
/// # Errors
/// What the socket says.
pub async fn serve<R: Datagrams + Clock>(
    context: R,
    socket: SocketAddr,
    client: SocketAddr,
) -> Result<(), Error> {
    let datagram = context.bind_datagram(socket).await?;
    let (mut heard, mut beat) = (0_u64, [0; 8]);
    loop {
        let next = context.monotonic() + BEAT;
        let left = || next.saturating_sub(context.monotonic());
        while context
            .timeout(left(), datagram.recv_from(&mut beat))
            .await
            .is_ok()
        {
            heard = heard.max(u64::from_be_bytes(beat));
        }
        datagram.send_to(&heard.to_be_bytes(), client).await?;
    }
}

/// The client: it tells `turn_to` in each beat which of its servers is there.
///
/// # Errors
/// What the socket says.
pub async fn choose<R: Datagrams + Clock>(
    context: R,
    socket: SocketAddr,
    servers: [SocketAddr; 2],
    mut turn_to: impl FnMut(Option<usize>),
    fixed: bool,
) -> Result<(), Error> {
    let datagram = context.bind_datagram(socket).await?;
    let (mut last, mut beat) = ([None; 2], [0; 8]);
    for number in 1_u64.. {
        for server in servers {
            datagram.send_to(&number.to_be_bytes(), server).await?;
        }
        let next = context.monotonic() + BEAT;
        let left = || next.saturating_sub(context.monotonic());
        while let Ok(heard) = context.timeout(left(), datagram.recv_from(&mut beat)).await {
            let (_, from) = heard?;
            let hears = u64::from_be_bytes(beat) + LATE > number;
            if hears || !fixed {
                last[usize::from(from == servers[1])] = Some(context.monotonic());
            }
        }
        let is_there = |last: &Option<Duration>| last.is_some_and(|at| at + LIMIT > next);
        turn_to(last.iter().position(is_there));
    }
    Ok(())
}
