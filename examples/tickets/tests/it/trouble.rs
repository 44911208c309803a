//! Buyers at hosts of their own, and a network on which everything goes wrong that can.
//!
//! Links are slow and lose segments, connections end at any byte, hosts are cut off for a while. In
//! the end the network is well again, and:
//!
//! - each seat is sold, to one buyer, who knows it; all the others know that it is not theirs;
//! - who watched from the start has seen each sale once, and no other.

use crate::{
    buyers::{Buyer, Memory, below},
    counter::{Counter, WAYS, Way},
};
use futures::TryStreamExt;
use runtime_deterministic::{Context, Cut, Executor, Host, How, Ratio, simulate};
use runtime_traits::{Clock, Error, Runner, Spawner};
use std::{collections::BTreeMap, time::Duration};
use tickets::State;

const SEATS: u32 = 5;
const BUYERS: [&str; 3] = ["ada", "bob", "cyd"];
const MS: Duration = Duration::from_millis(1);

/// By buyer.
type Sales = BTreeMap<u32, String>;

/// In virtual time.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[simulate(timeout = DAY)]
async fn each_seat_is_sold_once(context: Context) {
    business(context).await;
}

/// A network that never broke anything would prove nothing.
#[test]
fn the_trouble_leaves_requests_unanswered() {
    let unanswered = (0..50).map(|seed| {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(business(context))
    });
    let seeds = unanswered.filter(|requests| *requests > 0).count();
    assert!(seeds > 10, "only in {seeds} of 50 seeds");
}

/// A day of the office. Returns how many requests brought no answer.
async fn business(context: Context) -> u64 {
    let office = open(&context).await;
    let watched = context.spawn("watch", watch(context.clone()));
    let buyers = BUYERS.map(|name| buyer(&context, name));
    for _ in 0..below(&context, 12) {
        trouble(&context);
        context.sleep(below(&context, 300) as u32 * 1000 * MS).await;
        context.world().heal();
    }
    for name in BUYERS {
        calm(&context, name);
    }
    let mut memories = Vec::new();
    for buyer in buyers {
        memories.push(buyer.wait().await.expect("a buyer ends"));
    }
    let sold = sold(&context).await;
    check(&memories, &sold);
    office.context().stop(0);
    assert_eq!(office.wait().await, Ok(Ok(())));
    assert_eq!(watched.await.unwrap(), sold);
    memories.iter().map(|memory| memory.unanswered).sum()
}

/// The office at its host, up and reached.
async fn open(context: &Context) -> Host<Result<(), Error>> {
    let serve = |context| tickets::serve(context, ([0, 0, 0, 0], 80).into(), SEATS);
    let office = context.world().host("tickets", serve).unwrap();
    context.sleep(MS).await;
    office
}

/// A buyer at a host of the same name, who asks one way or another.
fn buyer(context: &Context, name: &'static str) -> Host<Memory> {
    let way = WAYS[below(context, WAYS.len() as u64) as usize];
    let shop = move |context| {
        let buyer = Buyer::new(context, name.to_owned(), "http://tickets", way);
        buyer.run(SEATS)
    };
    context.world().host(name, shop).unwrap()
}

/// All sales that a watcher sees until the office closes. Nothing happens to its connection.
async fn watch(context: Context) -> Sales {
    let mut counter = Counter::new(&context, "http://tickets", Way::Grpc);
    let mut sales = counter.watch().await;
    let mut seen = Sales::new();
    while let Some(sale) = sales.try_next().await.unwrap() {
        let before = seen.insert(sale.seat, sale.by);
        assert_eq!(before, None, "seat {} is sold again", sale.seat);
    }
    seen
}

/// Something goes wrong between a buyer and the office.
fn trouble(context: &Context) {
    let world = context.world();
    let name = BUYERS[below(context, BUYERS.len() as u64) as usize];
    let mut ends = [name, "tickets"];
    if below(context, 2) == 0 {
        ends.reverse();
    }
    let [from, to] = ends;
    let link = world.link(from, to).unwrap();
    match below(context, 5) {
        0 => drop(link.latency(MS..=below(context, 3000) as u32 * MS)),
        1 => drop(link.bandwidth(100 + below(context, 2000))),
        2 => drop(link.loss(Ratio::new(1, 5))),
        3 => world.partition(&[from], &[to]).unwrap(),
        _ => {
            let how = [How::Fin, How::Rst, How::BlackHole][below(context, 3) as usize];
            let after_bytes = below(context, 1000);
            world.cut(from, to, Cut { after_bytes, how }).unwrap();
        }
    }
}

/// Makes the links of a buyer what they were at first.
fn calm(context: &Context, name: &str) {
    for [from, to] in [[name, "tickets"], ["tickets", name]] {
        let link = context.world().link(from, to).unwrap();
        link.latency(MS / 10..=MS).bandwidth(0).loss(Ratio::NEVER);
    }
}

/// Who has which seat in the end: all are sold.
async fn sold(context: &Context) -> Sales {
    let counter = Counter::new(context, "http://tickets", Way::Http1);
    let seats = counter.seats().await.into_iter();
    let sold = seats.map(|seat| {
        assert_eq!(seat.state, State::Sold, "seat {}", seat.seat);
        (seat.seat, seat.by.unwrap())
    });
    sold.collect()
}

/// What the buyers remember is what the office says.
fn check(memories: &[Memory], sold: &Sales) {
    for memory in memories {
        for seat in &memory.bought {
            assert_eq!(sold[seat], memory.name, "seat {seat} was bought");
        }
        for seat in &memory.missed {
            assert_ne!(sold[seat], memory.name, "seat {seat} was missed");
        }
    }
}
