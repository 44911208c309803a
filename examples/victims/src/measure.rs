//! The fastest of several servers.
//!
//! The mistake: how long something took is read off the clock on the wall, which may be set back
//! meanwhile, and nothing takes less than no time. Seen in: Cloudflare's DNS resolver, which panicked
//! at the leap second of 2016.

use crate::call::ask;
use runtime_traits::{Clock, Error, Network};
use std::{net::SocketAddr, time::Duration};

/// Asks each server, and returns the one that answered first, and how long it took.
///
/// # Errors
/// What the connections say.
///
/// # Panics
/// When there is no server.
pub async fn fastest<R: Network + Clock>(
    context: &R,
    servers: &[SocketAddr],
    fixed: bool,
) -> Result<(Duration, SocketAddr), Error> {
    let mut answers = Vec::new();
    for server in servers {
        let (start, wall) = (context.monotonic(), context.current());
        ask(context, *server, [0; 3]).await?;
        let since = context.current().duration_since(wall);
        let took = if fixed {
            Ok(context.monotonic() - start)
        } else {
            since
        };
        answers.push((took.expect("time goes on"), *server));
    }
    let fastest = answers.into_iter().min();
    Ok(fastest.expect("one server at least"))
}
