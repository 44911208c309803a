//! Nodes that agree on a master: the first of those that can be reached.
//!
//! The mistake: one node that reaches nobody else makes itself the master. Seen in: Elasticsearch,
//! whose `discovery.zen.minimum_master_nodes` was 1 by default (Kingsbury, "Jepsen: Elasticsearch",
//! 2014).

use crate::call::{Calls, ask};
use runtime_traits::{Clock, Error, Network, Spawner};
use std::{net::SocketAddr, time::Duration};

const LIMIT: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(500);

/// Runs the node `me` of `nodes`, and tells `follow` who its master is, each time that it has asked
/// around.
///
/// # Errors
/// What the listener says.
pub async fn run<R: Network + Clock + Spawner>(
    context: R,
    nodes: Vec<SocketAddr>,
    me: usize,
    mut follow: impl FnMut(Option<usize>),
    fixed: bool,
) -> Result<(), Error> {
    let mut calls = Calls::bind(&context, nodes[me]).await?;
    context.spawn("answer", async move {
        while let Ok(call) = calls.next().await {
            call.answer([1, 0, 0]).await;
        }
    });
    let quorum = if fixed { nodes.len() / 2 + 1 } else { 1 };
    loop {
        let mut reached = vec![me];
        for (number, node) in nodes.iter().enumerate() {
            let asked = ask(&context, *node, [0; 3]);
            if number != me && context.timeout(LIMIT, asked).await.flatten().is_ok() {
                reached.push(number);
            }
        }
        let enough = reached.len() >= quorum;
        follow(reached.into_iter().min().filter(|_| enough));
        context.sleep(PAUSE).await;
    }
}
