//! A register that is written to under a lease.
//!
//! The mistake: the writer looks at its lease and then writes, and between the two it may stand still
//! for longer than the lease lasts. Seen in: HBase, whose region servers wrote after a long garbage
//! collection (Kleppmann, "How to do distributed locking", 2016).

use crate::call::{Calls, ask};
use runtime_traits::{Clock, Error, Network};
use std::{net::SocketAddr, time::Duration};

const TERM: Duration = Duration::from_secs(1);
const LEASE: u64 = 1;
const WRITE: u64 = 2;

/// Lends leases, each with a greater number than those before, and keeps what is written under
/// them. `written` is told each write that was taken: under which lease, and what.
///
/// # Errors
/// What the listener says.
pub async fn serve<R: Network + Clock>(
    context: R,
    socket: SocketAddr,
    mut written: impl FnMut(u64, u64),
    fixed: bool,
) -> Result<(), Error> {
    let (mut newest, mut until) = (0, Duration::ZERO);
    let mut calls = Calls::bind(&context, socket).await?;
    loop {
        let call = calls.next().await?;
        let answer = match call.question {
            [LEASE, ..] if context.monotonic() >= until => {
                (newest, until) = (newest + 1, context.monotonic() + TERM);
                newest
            }
            [WRITE, lease, _] if fixed && lease < newest => 0,
            [WRITE, lease, value] => {
                written(lease, value);
                1
            }
            _ => 0,
        };
        call.answer([answer, 0, 0]).await;
    }
}

/// Takes a lease, and works as long as it lasts.
pub async fn work<R: Network + Clock>(context: &R, register: SocketAddr, value: u64) {
    let (lease, until) = loop {
        let until = context.monotonic() + TERM;
        match ask(context, register, [LEASE, 0, 0]).await {
            Ok([lease, ..]) if lease > 0 => break (lease, until),
            _ => context.sleep(Duration::from_millis(50)).await,
        }
    };
    // To compute what it writes takes less than a tenth of what is left.
    while context.monotonic() + TERM / 2 < until {
        context.sleep(Duration::from_millis(40)).await;
        // A write that is not taken is made again, by whoever has the lease then.
        let _ = ask(context, register, [WRITE, lease, value]).await;
    }
}
