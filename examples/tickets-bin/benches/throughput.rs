//! The box office beside the same application on hyper-util's own tokio: `runtime-hyper` and
//! `runtime-tokio` may cost 5 % at most.
//!
//! ```text
//! cargo bench -p tickets-bin --bench throughput
//! ```
//!
//! Two servers, each a process of its own, are asked in turn by a third. What counts is a server's CPU
//! time per request: requests in a second depend on who else is on the machine, and are printed beside
//! it.

#[path = "throughput/load.rs"]
mod load;
#[path = "throughput/server.rs"]
mod server;

use load::{Load, Protocol};
use server::{Kind, Server};
use std::{env, time::Duration};

/// Rounds of each server, in turn.
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(700);

fn main() {
    // Cargo's own argument is not one of these.
    if let Some(kind) = env::args().find_map(|argument| argument.parse().ok()) {
        return server::serve(kind);
    }
    let servers = [Kind::Ours, Kind::HyperUtil].map(Server::start);
    println!("medians of {ROUNDS} rounds in turn; a ratio above 1 is in favour of runtime-hyper\n");
    println!(
        "| workload | runtime-hyper, CPU per request | hyper-util | ratio | requests a second |"
    );
    println!("|---|---|---|---|---|");
    for (protocol, path) in [
        (Protocol::Http1, "/seats/7"),
        (Protocol::Http2, "/seats/7"),
        (Protocol::Http1, "/seats"),
        (Protocol::Http2, "/seats"),
    ] {
        compare(&servers, protocol, path);
    }
}

/// Prints a line of the table.
fn compare(servers: &[Server; 2], protocol: Protocol, path: &'static str) {
    let mut loads = servers
        .each_ref()
        .map(|server| Load::new(server.address, protocol, path));
    let mut costs = [Vec::new(), Vec::new()];
    let mut speeds = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for place in in_turn(round) {
            let before = servers[place].cpu();
            let (requests, took) = loads[place].run(ROUND);
            let cpu = servers[place].cpu() - before;
            // The first round is for the caches.
            if round > 0 {
                costs[place].push(cpu.as_nanos() as f64 / requests as f64 / 1000.0);
                speeds[place].push(requests as f64 / took.as_secs_f64());
            }
        }
    }
    let [ours, theirs] = costs.map(median);
    let [fast, other] = speeds.map(median);
    println!(
        "| {protocol:?} {path} | {ours:.2} µs | {theirs:.2} µs | {:.3} | {fast:.0} to {other:.0}, {:.3} |",
        theirs / ours,
        fast / other
    );
}

/// Both places, the other one first in each round.
fn in_turn(round: usize) -> [usize; 2] {
    [round % 2, 1 - round % 2]
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
