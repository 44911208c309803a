//! Replicas that vote for a leader, once in each term.
//!
//! The mistake: a replica that lost its disk comes back with an empty one, takes it for that of a
//! replica that has not voted yet, and votes again. Seen in: braft, whose nodes go on with empty
//! directories (baidu/braft#77, 2018). "Paxos Made Live" (Chandra, Griesemer, Redstone, 2007, section
//! 5.1) has such a replica abstain.

use crate::call::{Calls, ask};
use runtime_traits::{Blob, Clock, Error, Network, Storage};
use std::{net::SocketAddr, time::Duration};

/// Prepares the disk of a new replica. For a machine's first start alone.
///
/// # Errors
/// What the disk says.
pub async fn format<S: Storage>(disk: &S) -> Result<(), Error> {
    let blob = disk.open("vote", b"vote").await?;
    blob.write_at(&[0; 16], 0).await?;
    blob.sync().await
}

/// Votes for the first who asks in a term, and says so each time that it is asked.
///
/// # Errors
/// What its disk and its listener say.
pub async fn serve<R: Network + Clock + Storage>(
    context: R,
    socket: SocketAddr,
    fixed: bool,
) -> Result<(), Error> {
    let blob = context.open("vote", b"vote").await?;
    let mut calls = Calls::bind(&context, socket).await?;
    loop {
        let call = calls.next().await?;
        let [term, candidate, _] = call.question;
        let mut vote = [0; 16];
        if blob.len().await? > 0 {
            blob.read_at(&mut vote, 0).await?;
        } else if fixed {
            continue;
        }
        let mine = [term.to_be_bytes(), candidate.to_be_bytes()].concat();
        let votes = vote[..8] < mine[..8] || vote == mine[..];
        if votes {
            blob.write_at(&mine, 0).await?;
            blob.sync().await?;
        }
        call.answer([votes.into(), 0, 0]).await;
    }
}

/// Whether most of the replicas vote for `candidate`.
pub async fn stand<R: Network + Clock>(
    context: &R,
    replicas: &[SocketAddr],
    term: u64,
    candidate: u64,
) -> bool {
    let mut votes = 0;
    for replica in replicas {
        let asked = ask(context, *replica, [term, candidate, 0]);
        if let Ok(Ok([1, ..])) = context.timeout(Duration::from_secs(1), asked).await {
            votes += 1;
        }
    }
    2 * votes > replicas.len()
}
