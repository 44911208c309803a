//! A register whose newest write wins, by the time at which it was made.
//!
//! The mistake: two machines' clocks do not agree, and a write is acknowledged and lost because the
//! one before it came from a clock that is ahead. Seen in: Cassandra and Riak (Kingsbury, "The
//! trouble with timestamps", 2013).

use crate::call::{Calls, ask};
use runtime_traits::{Clock, Error, Network};
use std::{
    net::SocketAddr,
    time::{Duration, UNIX_EPOCH},
};

const READ: u64 = 0;

/// Keeps the newest write. Older ones it acknowledges: they are no errors.
///
/// # Errors
/// What the listener says.
pub async fn serve<R: Network + Clock>(context: R, socket: SocketAddr) -> Result<(), Error> {
    let mut newest = [READ, 0, 0];
    let mut calls = Calls::bind(&context, socket).await?;
    loop {
        let call = calls.next().await?;
        newest = newest.max(call.question);
        call.answer(newest).await;
    }
}

/// Writes, and returns once that is acknowledged.
///
/// # Errors
/// What the connection says.
pub async fn put<R: Network + Clock>(
    context: &R,
    register: SocketAddr,
    value: u64,
    fixed: bool,
) -> Result<(), Error> {
    let since = context.current().duration_since(UNIX_EPOCH);
    let mut time = since.unwrap_or(Duration::ZERO).as_nanos() as u64;
    if fixed {
        let [newest, ..] = ask(context, register, [READ, 0, 0]).await?;
        time = time.max(newest + 1);
    }
    ask(context, register, [time, value, 0]).await?;
    Ok(())
}

/// What is read now.
///
/// # Errors
/// What the connection says.
pub async fn get<R: Network>(context: &R, register: SocketAddr) -> Result<u64, Error> {
    let [_, value, _] = ask(context, register, [READ, 0, 0]).await?;
    Ok(value)
}
