//! A primary and a standby, which takes over when the primary is no longer heard.
//!
//! The mistake: a primary whose disk stands still is heard, serves nobody, and is not relieved. Seen
//! in: CockroachDB, whose nodes held on to their leases (cockroachdb/cockroach#41691, 2019).

use crate::call::{Calls, ask};
use runtime_traits::{Blob, Clock, Datagram, Datagrams, Error, Network, Spawner, Storage};
use std::{net::SocketAddr, time::Duration};

const BEAT: Duration = Duration::from_millis(100);
/// How long a client listens who is there, and how long it waits for an answer.
const LISTEN: Duration = Duration::from_millis(300);
const LIMIT: Duration = Duration::from_secs(1);

/// A server: it writes down what it is asked to, and lets its client hear it.
///
/// # Errors
/// What disk and listener say.
pub async fn serve<R: Datagrams + Network + Clock + Spawner + Storage>(
    context: R,
    socket: SocketAddr,
    client: SocketAddr,
    fixed: bool,
) -> Result<(), Error> {
    let log = context.open("db", b"log").await?;
    let probe = context.open("db", b"probe").await?;
    let datagram = context.bind_datagram(socket).await?;
    let clock = context.clone();
    context.spawn("beat", async move {
        while datagram.send_to(b"!", client).await.is_ok() {
            clock.sleep(BEAT).await;
            if fixed {
                probe.write_at(b".", 0).await?;
                probe.sync().await?;
            }
        }
        Ok::<_, Error>(())
    });
    let mut calls = Calls::bind(&context, socket).await?;
    for number in 0.. {
        let call = calls.next().await?;
        let [value, ..] = call.question;
        log.write_at(&value.to_be_bytes(), 8 * number).await?;
        log.sync().await?;
        call.answer([1, 0, 0]).await;
    }
    Ok(())
}

/// Has a value written down by the first server that is heard. Returns which that was.
///
/// # Errors
/// What the socket says.
pub async fn put<R: Datagrams + Network + Clock>(
    context: &R,
    datagram: &R::Datagram,
    servers: &[SocketAddr],
    value: u64,
) -> Result<SocketAddr, Error> {
    loop {
        let (mut heard, mut beat) = (Vec::new(), [0]);
        let until = context.monotonic() + LISTEN;
        let left = || until.saturating_sub(context.monotonic());
        while let Ok(sent) = context.timeout(left(), datagram.recv_from(&mut beat)).await {
            heard.push(sent?.1);
        }
        let Some(server) = servers.iter().find(|server| heard.contains(server)) else {
            continue;
        };
        let asked = ask(context, *server, [value, 0, 0]);
        if context.timeout(LIMIT, asked).await.flatten().is_ok() {
            return Ok(*server);
        }
    }
}
