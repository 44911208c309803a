//! What a server has to say to one other server, said in turns.

use crate::{
    backoff::Backoff,
    limits::HEARTBEAT,
    monitor::Monitor,
    remote::Remote,
    replica::{Outgoing, Replica},
};
use runtime_traits::{Buggify, Clock, Network, Random};

/// Brings `peer` what the replica wants it to have, and the answers back, until it is dropped.
pub(crate) async fn run<C: Network + Clock + Random + Buggify>(
    context: C,
    replica: Monitor<Replica>,
    peer: u16,
    mut remote: Remote<C>,
) {
    let mut backoff = Backoff::new();
    loop {
        let outgoing = next(&context, &replica, peer).await;
        if context.buggify("link/dawdle") {
            context.sleep(backoff.next(&context)).await;
        }
        match remote.call(outgoing.request.clone()).await {
            Ok(answer) => {
                backoff.reset();
                replica.update(|replica| replica.answered(peer, &outgoing, answer));
            }
            Err(_) => context.sleep(backoff.next(&context)).await,
        }
    }
}

/// The next message for `peer`. After a long silence a primary sends one that says nothing new.
async fn next<C: Clock>(context: &C, replica: &Monitor<Replica>, peer: u16) -> Outgoing {
    loop {
        let outgoing = replica.until(|replica| replica.outgoing(peer));
        if let Ok(outgoing) = context.timeout(HEARTBEAT, outgoing).await {
            return outgoing;
        }
        if let Some(outgoing) = replica.read(|replica| replica.heartbeat(peer)) {
            return outgoing;
        }
    }
}
