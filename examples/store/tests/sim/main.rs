//! Three servers, a few clients, and an operator who has a bad day.
//!
//! Servers crash and restart at any moment, one or all at once, in the middle of writes; others are
//! promoted while the old primary lives on. Whatever happens:
//!
//! - no acknowledged put is lost, and no get returns what is outdated or was never put;
//! - puts are acknowledged before the faults, between any two of them, and after;
//! - every client ends in time, and every server stops when it is told to.

mod client;
mod cluster;
mod history;
mod operator;
mod wire;

use cluster::Cluster;
use history::History;
use operator::Operator;
use runtime_deterministic::{Context, simulate};
use runtime_traits::{Clock, Signaler, Spawner};
use std::time::Duration;

const CLIENTS: usize = 5;
/// For a client to end what it is at.
const CLIENT_LIMIT: Duration = Duration::from_secs(10);

#[simulate]
async fn acknowledged_puts_survive(context: Context) {
    let cluster = Cluster::start(&context);
    let (history, acknowledged) = History::new(CLIENTS);
    let (mut finish, finished) = Signaler::new();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|id| {
            client::run(
                context.clone(),
                cluster.addresses(),
                id,
                history.clone(),
                finished.clone(),
            )
        })
        .map(|client| context.spawn("client", client))
        .collect();
    let mut operator = Operator::new(context.clone(), cluster, acknowledged);

    operator.promote_any().await;
    operator.expect_puts(20).await;
    for _ in 0..operator.between(2, 6) {
        operator.trouble().await;
        operator.expect_puts(10).await;
    }
    operator.repair().await;
    operator.expect_puts(20).await;

    finish.signal(0);
    for client in clients {
        let ended = context.timeout(CLIENT_LIMIT, client).await;
        ended
            .expect("a client ends in time")
            .expect("it does not panic");
    }
    operator.promote_any().await;
    history.check_logs(&operator.logs().await);
    operator.stop().await;
}
