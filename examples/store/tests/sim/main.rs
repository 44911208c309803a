//! Three servers, a few clients, and an operator who has a bad day.
//!
//! Servers crash and restart at any moment, one or all at once, in the middle of writes and of
//! promotions; others are promoted while the old primary lives on and has clients. Whatever happens:
//!
//! - no acknowledged put is lost, and puts and gets are linearizable: no get returns what is
//!   outdated, what was never put, or half of it;
//! - puts are acknowledged before the faults, between any two of them, and after, by then for every
//!   client;
//! - every client ends in time, and every server stops when it is told to, and not before.

mod client;
mod cluster;
mod history;
mod operator;
mod trouble;
mod value;

use cluster::Cluster;
use history::History;
use operator::Operator;
use runtime_deterministic::{Context, simulate};
use runtime_traits::{Clock, Handle, Signal, Signaler, Spawner};
use std::{net::SocketAddr, time::Duration};

const CLIENTS: usize = 5;
const READERS: usize = 2;
/// For a client to end what it is at.
const CLIENT_LIMIT: Duration = Duration::from_secs(10);

#[simulate]
async fn acknowledged_puts_survive(context: Context) {
    let cluster = Cluster::start(&context);
    let (history, acknowledged) = History::new(CLIENTS);
    let (mut finish, finished) = Signaler::new();
    let clients = start_clients(&context, &cluster.addresses(), &history, &finished);
    let mut operator = Operator::new(context.clone(), cluster, acknowledged);

    operator.slow_down_some();
    operator.promote_any().await;
    operator.expect_puts(20).await;
    for _ in 0..operator.between(2, 6) {
        operator.trouble().await;
        operator.expect_puts(10).await;
    }
    operator.repair().await;
    operator.expect_everyone(&history).await;

    finish.signal(0);
    for client in clients {
        let ended = context.timeout(CLIENT_LIMIT, client).await;
        ended
            .expect("a client ends in time")
            .expect("it does not panic");
    }
    operator.promote_any().await;
    operator.read_all(&history).await;
    history.check_logs(&operator.logs().await);
    operator.stop().await;
}

/// Clients that put and get, and two that only get.
fn start_clients(
    context: &Context,
    servers: &[SocketAddr],
    history: &History,
    finished: &Signal,
) -> Vec<Handle<()>> {
    let args = || (context.clone(), servers.to_vec());
    let mut clients = Vec::new();
    for id in 0..CLIENTS {
        let (inside, servers) = args();
        let client = client::run(inside, servers, id, history.clone(), finished.clone());
        clients.push(context.spawn("client", client));
    }
    for _ in 0..READERS {
        let (inside, servers) = args();
        let reader = client::read(inside, servers, history.clone(), finished.clone());
        clients.push(context.spawn("reader", reader));
    }
    clients
}
