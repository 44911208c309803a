//! Connections that wait in a client's pool, at servers that would keep them for ever.

use crate::app::{self, client, get_body};
use runtime_deterministic::{Context, Executor, Host, State};
use runtime_traits::{Clock, Error, Runner};
use std::time::Duration;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const SECOND: Duration = Duration::from_secs(1);

async fn servers(context: &Context) -> [Host<Result<(), Error>>; NAMES.len()] {
    let hosts = NAMES.map(|name| {
        let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
        context.world().host(name, serve).unwrap()
    });
    context.sleep(SECOND / 1000).await;
    hosts
}

/// Connections that the servers have now.
fn connections(hosts: &[Host<Result<(), Error>>]) -> u64 {
    let tasks = hosts.iter().flat_map(|host| host.context().tasks());
    let http = tasks.filter(|count| count.label == "http");
    http.map(|count| count.running).sum()
}

/// Asks each server once over HTTP/2, and lets the connections grow old together.
fn grown_old(seed: u64) -> State {
    let (runner, context, auditor) = Executor::seeded(seed);
    runner.start(async {
        let hosts = servers(&context).await;
        let client = client(&context, true);
        for name in NAMES {
            let uri = format!("http://{name}/hello/x");
            get_body(&client, &uri).await.unwrap();
        }
        context.sleep(85 * SECOND).await;
        assert_eq!(connections(&hosts), NAMES.len() as u64);
        // The pool looks every 90 seconds.
        context.sleep(100 * SECOND).await;
        assert_eq!(connections(&hosts), 0);
    });
    auditor.state()
}

#[test]
fn the_pool_closes_what_was_idle_for_ninety_seconds_and_equal_seeds_give_equal_runs() {
    for seed in 0..20 {
        assert_eq!(grown_old(seed), grown_old(seed), "seed {seed}");
    }
}
