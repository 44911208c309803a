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
mod replay;
mod swarm;
mod trouble;
mod value;

use client::Clients;
use cluster::Cluster;
use history::History;
use operator::Operator;
use runtime_deterministic::{Context, simulate};
use std::time::Duration;

/// Of clients between two rounds, at most.
const REST: Duration = Duration::from_millis(1);

#[simulate]
async fn acknowledged_puts_survive(context: Context) {
    let cluster = Cluster::start(&context, 3);
    let (history, acknowledged) = History::new();
    let clients = Clients::start(&context, &cluster.addresses(), &history, REST);
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

    operator.end(clients, &history).await;
}
