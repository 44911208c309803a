//! The test itself, which needs of a simulator no more than hosts, crashes and partitions.

use crate::{client::Clients, cluster::Cluster, history::History, operator::Operator};
use runtime_deterministic::Context;
use std::time::Duration;

/// Of clients between two rounds, at most.
const REST: Duration = Duration::from_millis(1);

pub(crate) async fn acknowledged_puts_survive(context: Context) {
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
