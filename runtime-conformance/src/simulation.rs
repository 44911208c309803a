//! What a simulator promises beside the rest: virtual time, that the seed decides, and that a run
//! which cannot go on says so. A suite has this topic when it has `seeds`.

use crate::connection::{PLENTY, anywhere, connect, pair, stuff};
use runtime_macros::select;
use runtime_traits::{
    Blob, Clock, Error, Network, Random, Runner, Sink, Spawner, Storage, Stream, reschedule,
};
use std::{
    collections::BTreeSet,
    future::{pending, poll_fn, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
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

/// A send waits as long for a reader that does not read.
pub fn a_send_waits_for_a_month<R: Runner, C: Network + Clock>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, context) = fresh(0);
    runner.start(async {
        let ((mut sink, _stream), _far) = pair(&context).await;
        assert!(stuff(&mut sink).await < PLENTY, "it takes everything");
        let waits = context.timeout(30 * DAY, sink.send(b"more")).await;
        assert_eq!(waits, Err(Error::Timeout));
    });
}

/// More dials are answered in one run than there are ephemeral ports, where the connections end.
pub fn any_number_of_dials_may_be_answered<R: Runner, C: Network>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, context) = fresh(0);
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        for _ in 0..33_000 {
            drop(connect(&context, &mut listener).await);
        }
    });
}

/// However often a task is woken before its next poll, it is polled once.
pub fn a_task_that_wakes_itself_twice_is_polled_once<R: Runner, C: Spawner + Clock>(
    fresh: &dyn Fn(u64) -> (R, C),
) {
    let (runner, context) = fresh(0);
    let polls = Arc::new(AtomicUsize::new(0));
    let count = polls.clone();
    runner.start(async {
        let _task = context.spawn(
            "wakes",
            poll_fn(move |cx| {
                if count.fetch_add(1, SeqCst) < 10 {
                    cx.waker().wake_by_ref();
                    cx.waker().wake_by_ref();
                }
                Poll::<()>::Pending
            }),
        );
        context.sleep(DAY).await;
        assert_eq!(polls.load(SeqCst), 11, "ten wakes after the first poll");
    });
}

/// Where every task waits and nothing is due, the run panics out of `start`, and the text names the
/// label of the task that waits.
pub fn a_deadlock_names_the_task_that_waits<R: Runner, C: Spawner>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, context) = fresh(0);
    let root = async { context.spawn("lonely", pending::<()>()).await };
    let payload = catch_unwind(AssertUnwindSafe(|| runner.start(root))).unwrap_err();
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or(payload.downcast_ref::<&str>().copied());
    let text = text.expect("a panic with a text");
    assert!(text.contains("lonely"), "{text}");
}

/// A disk is not infinitely fast: what is written and synced has taken time.
pub fn storage_takes_time<R: Runner, C: Storage + Clock>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, context) = fresh(0);
    runner.start(async {
        let before = context.monotonic();
        let blob = context.open("slow", b"blob").await.expect("it is made");
        for byte in 0..20 {
            blob.write_at(&[byte], 0).await.expect("there is room");
            blob.sync().await.expect("the disk works");
        }
        assert!(context.monotonic() > before, "it took none");
    });
}

/// Tasks that use storage take turns: one may run while another's call is under way.
pub fn storage_awaits_interleave<R: Runner, C: Storage + Spawner>(fresh: &dyn Fn(u64) -> (R, C)) {
    const CALLS: usize = 20;
    let (runner, context) = fresh(0);
    let turns = Order::default();
    runner.start(async {
        let writers = (0..2).map(|number| {
            let (context, storage, turns) = (&context, context.clone(), turns.clone());
            context.spawn("writer", async move {
                let blob = storage.open("turns", &[number as u8]).await;
                let blob = blob.expect("it is made");
                for byte in 0..CALLS {
                    turns.lock().unwrap().push(number);
                    blob.write_at(&[byte as u8], 0)
                        .await
                        .expect("there is room");
                    blob.sync().await.expect("the disk works");
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("the task returns");
        }
    });
    let turns = turns.lock().unwrap();
    let changes = turns.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes > 1, "one after the other: {turns:?}");
}
