//! Three to five servers, of which one may forget whatever it had on disk, while anything goes wrong
//! that the simulator knows.
//!
//! Which faults there are, and how often, is of the seed. While they last the store need not make
//! progress, but must do nothing wrong; soon after they ended it serves every client.

use crate::{client::Clients, cluster::Cluster, history::History, operator::Operator};
use runtime_deterministic::{Context, simulate};
use runtime_traits::Random;
use std::time::Duration;

/// Of clients between two rounds, at most.
const REST: Duration = Duration::from_millis(20);
/// For a promotion in the middle of faults.
const PATIENCE: Duration = Duration::from_millis(400);
/// Between two promotions, at most.
const SPELL: Duration = Duration::from_secs(1);

#[simulate(faults = runtime_deterministic::Faults::drawn())]
pub(crate) async fn acknowledged_puts_survive_faults(context: Context) {
    let servers = 3 + (context.next_u64() % 3) as u16;
    let cluster = Cluster::start_again_and_again(&context, servers, 1);
    let (history, acknowledged) = History::new();
    let clients = Clients::start(&context, &cluster.addresses(), &history, REST);
    let mut operator = Operator::new(context.clone(), cluster, acknowledged);

    for _ in 0..operator.between(2, 6) {
        let server = operator.between(1, servers.into()) as u16;
        operator.promote_impatiently(server, PATIENCE).await;
        operator.next_put(SPELL).await;
        operator.pause(SPELL).await;
    }
    context.world().calm();
    operator.repair().await;
    operator.expect_everyone(&history).await;
    operator.end(clients, &history).await;
}
