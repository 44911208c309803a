//! A visit to the office, the same on both backends.

use crate::counter::{Counter, WAYS, Way};
use futures::{StreamExt, TryStreamExt};
use runtime_deterministic::{Executor, State};
use runtime_traits::{Clock, Listener, Network, Runner, Spawner};
use std::{net::SocketAddr, time::Duration};
use tickets::{Refusal, State::*};

pub(crate) const SEATS: u32 = 4;

/// Buys a seat each way, is refused each way, and watches.
///
/// `stop` tells the server to stop.
pub(crate) async fn visit(counter: impl Fn(Way) -> Counter, stop: impl FnOnce()) {
    for (seat, way) in (1..).zip(WAYS) {
        let mut counter = counter(way);
        assert_eq!(
            counter.buy(seat, "ada").await.unwrap(),
            Err(Refusal::NotHeld)
        );
        assert_eq!(counter.hold(seat, "ada").await.unwrap(), Ok(()));
        assert_eq!(counter.hold(seat, "bob").await.unwrap(), Err(Refusal::Held));
        for _ in 0..2 {
            assert_eq!(counter.buy(seat, "ada").await.unwrap(), Ok(()), "{way:?}");
        }
        assert_eq!(counter.hold(seat, "bob").await.unwrap(), Err(Refusal::Sold));
        assert_eq!(
            counter.hold(9, "bob").await.unwrap(),
            Err(Refusal::NoSuchSeat)
        );
    }
    let mut counter = counter(Way::Grpc);
    counter.hold(4, "bob").await.unwrap().unwrap();
    let seats = counter.seats().await;
    let states = seats.iter().map(|seat| seat.state);
    assert_eq!(states.collect::<Vec<_>>(), [Sold, Sold, Sold, Held]);
    let mut sales = counter.watch().await;
    counter.buy(4, "bob").await.unwrap().unwrap();
    for (seat, by) in [(1, "ada"), (2, "ada"), (3, "ada"), (4, "bob")] {
        let sale = sales.next().await.unwrap().unwrap();
        assert_eq!((sale.seat, sale.by.as_str()), (seat, by));
    }
    stop();
    assert_eq!(sales.try_next().await.unwrap(), None, "a stop ends a watch");
}

#[test]
fn on_tokio() {
    let (runner, context) = runtime_tokio::Executor::default();
    runner.start(async {
        let socket = free(&context).await;
        let server = tickets::serve(context.clone(), socket, SEATS);
        let server = context.spawn("server", server);
        reach(&context, socket).await;
        let base = format!("http://{socket}");
        let counter = |way| Counter::new(&context, &base, way);
        visit(counter, || context.stop(0)).await;
        assert_eq!(server.await, Ok(Ok(())));
    });
}

/// A port that is asked for and let go, to be told to both sides.
pub(crate) async fn free(context: &runtime_tokio::Context) -> SocketAddr {
    let free = context.bind(([127, 0, 0, 1], 0).into()).await;
    free.unwrap().local_addr()
}

/// Waits for a server.
pub(crate) async fn reach(context: &runtime_tokio::Context, socket: SocketAddr) {
    while context.dial(socket).await.is_err() {
        context.sleep(Duration::from_millis(5)).await;
    }
}

fn simulated(seed: u64) -> State {
    let (runner, context, auditor) = Executor::seeded(seed);
    runner.start(async {
        let serve = |context| tickets::serve(context, any(80), SEATS);
        let host = context.world().host("tickets", serve).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let counter = |way| Counter::new(&context, "http://tickets", way);
        visit(counter, || host.context().stop(0)).await;
        assert_eq!(host.wait().await, Ok(Ok(())));
    });
    auditor.state()
}

pub(crate) fn any(port: u16) -> SocketAddr {
    ([0, 0, 0, 0], port).into()
}

#[test]
fn in_simulation_over_a_thousand_seeds() {
    let mut states = Vec::new();
    for seed in 0..1000 {
        let state = simulated(seed);
        assert_eq!(state, simulated(seed), "seed {seed}");
        states.push(state.to_string());
    }
    states.sort_unstable();
    states.dedup();
    assert_eq!(states.len(), 1000, "each seed is a run of its own");
}
