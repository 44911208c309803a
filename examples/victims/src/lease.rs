//! A lease that its holder and its lender time by their own clocks.
//!
//! The mistake: no two clocks run equally fast, and the holder trusts its lease to the last moment.
//! Seen in: etcd's Raft, whose reads by lease (`ReadOnlyLeaseBased`) its documentation warns of for
//! this reason; Gray and Cheriton, "Leases" (1989), end a holder's term earlier.

use crate::call::{Calls, ask};
use runtime_traits::{Clock, Error, Network};
use std::{net::SocketAddr, time::Duration};

const TERM: Duration = Duration::from_secs(60);

/// Lends the lease to whoever asks when it is free, and tells the others when it will be.
///
/// # Errors
/// What the listener says.
pub async fn serve<R: Network + Clock>(context: R, socket: SocketAddr) -> Result<(), Error> {
    let mut until = Duration::ZERO;
    let mut calls = Calls::bind(&context, socket).await?;
    loop {
        let call = calls.next().await?;
        let left = until.saturating_sub(context.monotonic());
        if left.is_zero() {
            until = context.monotonic() + TERM;
        }
        call.answer([left.as_nanos() as u64, 0, 0]).await;
    }
}

/// Waits for the lease. Returns until when it lasts, by the monotonic clock of the holder.
///
/// # Errors
/// What the connection says.
pub async fn acquire<R: Network + Clock>(
    context: &R,
    lender: SocketAddr,
    fixed: bool,
) -> Result<Duration, Error> {
    let term = if fixed { TERM - TERM / 100 } else { TERM };
    loop {
        // The lender counts from a later moment.
        let asked = context.monotonic();
        match ask(context, lender, [0; 3]).await? {
            [0, ..] => return Ok(asked + term),
            [left, ..] => context.sleep(Duration::from_nanos(left)).await,
        }
    }
}
