//! What a simulator promises beside the rest: virtual time, and that the seed decides. A suite has
//! this topic when it has `seeds`.

use crate::connection::pair;
use runtime_macros::select;
use runtime_traits::{Clock, Error, Network, Random, Runner, Spawner, Stream, reschedule};
use std::{
    collections::BTreeSet,
    future::ready,
    sync::{Arc, Mutex},
    time::Duration,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

type Order = Arc<Mutex<Vec<usize>>>;

/// The order in which tasks that sleep as long as told come to their ends.
fn order_of_ends<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
    nanos: &[u64],
) -> Vec<usize> {
    let order = Order::default();
    runner.start(async {
        let deadline = context.monotonic();
        let sleepers = nanos.iter().enumerate().map(|(number, nanos)| {
            let order = order.clone();
            let sleep = context.sleep_until_monotonic(deadline + Duration::from_nanos(*nanos));
            context.spawn("sleeper", async move {
                sleep.await;
                order.lock().unwrap().push(number);
            })
        });
        for sleeper in sleepers.collect::<Vec<_>>() {
            sleeper.await.expect("the task returns");
        }
    });
    order.lock().unwrap().clone()
}

/// Deadlines end in their exact order, be they a nanosecond apart.
pub fn deadlines_end_in_exact_order<R: Runner, C: Spawner + Clock>(fresh: &dyn Fn(u64) -> (R, C)) {
    let order = order_of_ends(fresh(0), &[900_000, 100_001, 100_000, 1, 2]);
    assert_eq!(order, [3, 4, 2, 1, 0]);
}

/// Equal deadlines end in an order that the seed draws: the same for the same seed, and over some
/// seeds not always the same.
pub fn ties_end_in_seeded_order<R: Runner, C: Spawner + Clock>(fresh: &dyn Fn(u64) -> (R, C)) {
    let order = |seed| order_of_ends(fresh(seed), &[1_000; 8]);
    assert_eq!(order(0), order(0));
    let orders: BTreeSet<_> = (0..8).map(order).collect();
    assert!(orders.len() > 1, "always {orders:?}");
}

/// The order of tasks that are ready together is the seed's, too.
pub fn ready_tasks_run_in_seeded_order<R: Runner, C: Spawner>(fresh: &dyn Fn(u64) -> (R, C)) {
    let order = |seed| {
        let (runner, context) = fresh(seed);
        let order = Order::default();
        runner.start(async {
            let tasks = (0..8).map(|number| {
                let order = order.clone();
                context.spawn("ready", async move { order.lock().unwrap().push(number) })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.expect("the task returns");
            }
        });
        order.lock().unwrap().clone()
    };
    assert_eq!(order(0), order(0));
    let orders: BTreeSet<_> = (0..8).map(order).collect();
    assert!(orders.len() > 1, "always {orders:?}");
}

/// The same seed chooses the same branches of `select!`, whatever ran before; another one others.
pub fn the_same_seed_has_the_same_winners<R: Runner, C: Spawner>(fresh: &dyn Fn(u64) -> (R, C)) {
    async fn winners() -> Vec<u8> {
        let mut winners = Vec::new();
        for _ in 0..128 {
            winners.push(select! { _ = ready(()) => 0, _ = ready(()) => 1 });
        }
        winners
    }
    let of = |seed| {
        let (runner, context) = fresh(seed);
        runner.start(async { context.spawn("selects", winners()).await })
    };
    let (first, other, again) = (of(0), of(1), of(0));
    assert!(first.is_ok());
    assert_eq!(first, again);
    assert_ne!(first, other);
}

/// The same seed gives the same random bytes, another one others.
pub fn the_same_seed_draws_the_same<R: Runner, C: Random>(fresh: &dyn Fn(u64) -> (R, C)) {
    let draws = |seed| {
        let (runner, context) = fresh(seed);
        runner.start(async {
            let mut bytes = [0; 16];
            context.fill(&mut bytes);
            (context.next_u64(), bytes)
        })
    };
    let (first, other, again) = (draws(0), draws(1), draws(0));
    assert_eq!(first, again);
    assert_ne!(first, other);
}

/// Time does not move while a task is ready, however often it gives way.
pub fn time_stands_still_while_a_task_is_ready<R: Runner, C: Clock>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, context) = fresh(0);
    runner.start(async {
        let (wall, before) = (context.current(), context.monotonic());
        for _ in 0..1_000 {
            reschedule().await;
        }
        assert_eq!((context.current(), context.monotonic()), (wall, before));
    });
}

/// Where nothing is ready time jumps: a sleep of years ends, at its deadline to the nanosecond.
pub fn a_long_sleep_ends_at_its_deadline<R: Runner, C: Clock>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, context) = fresh(0);
    runner.start(async {
        let before = context.monotonic();
        context.sleep(1_000 * DAY).await;
        assert_eq!(context.monotonic(), before + 1_000 * DAY);
    });
}

/// A connection may be idle for a month: there is no time-out that nobody asked for.
pub fn a_recv_is_idle_for_a_month<R: Runner, C: Network + Clock>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, context) = fresh(0);
    runner.start(async {
        let ((_sink, mut stream), _far) = pair(&context).await;
        let mut buf = [0; 1];
        let idle = context.timeout(30 * DAY, stream.recv(&mut buf)).await;
        assert_eq!(idle, Err(Error::Timeout));
    });
}
