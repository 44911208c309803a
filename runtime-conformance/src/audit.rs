//! What a simulator's audit must not miss: two runs that differ in anything have different states,
//! and two that do not have the same. A suite has this topic when it is given `audited`.
//!
//! The clauses take a run with a function that tells the audit's state, during the run and after it.

use crate::connection::pair;
use runtime_traits::{Blob, Clock, Network, Random, Runner, Sink, Spawner, Storage};
use std::{
    collections::BTreeMap,
    fmt::Debug,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The state of a run of seed 0 whose root is what `root` makes of its context.
fn state<R: Runner, C, S: Fn() -> T, T, F: Future>(
    fresh: &dyn Fn(u64) -> (R, C, S),
    root: impl FnOnce(C) -> F,
) -> T {
    let (runner, context, state) = fresh(0);
    runner.start(root(context));
    state()
}

/// Else what two seeds' states tell apart could be the seeds.
fn seeds_are_alike_where_nothing_is_drawn<R: Runner, C, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
    seeds: u64,
) {
    let idle = |seed| {
        let (runner, _context, state) = fresh(seed);
        runner.start(async {});
        state()
    };
    for seed in 1..seeds {
        assert_eq!(idle(0), idle(seed), "the seed itself enters the state");
    }
}

/// The same seed and the same program have the same state, whatever ran before; and a state that
/// goes on with the run.
pub fn the_same_seed_has_the_same_state<R: Runner, C: Random + Clock, S, T>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) where
    S: Fn() -> T,
    T: PartialEq + Debug,
{
    let states = |seed| {
        let (runner, context, state) = fresh(seed);
        let during = runner.start(async {
            context
                .sleep(Duration::from_millis(context.next_u64() % 10))
                .await;
            let during = state();
            context.sleep(Duration::from_millis(1)).await;
            during
        });
        (during, state())
    };
    let (first, _, again) = (states(0), states(1), states(0));
    assert_eq!(first, again);
    assert_ne!(first.0, first.1, "it goes on");
}

/// Other random values, another state. The seed itself is not seen: only what it decides.
pub fn a_drawn_value_shows<R: Runner, C: Random, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) {
    let drawn = |seed| {
        let (runner, context, state) = fresh(seed);
        let drawn = runner.start(async { context.next_u64() });
        (drawn, state())
    };
    seeds_are_alike_where_nothing_is_drawn(fresh, 2);
    let (one, other) = (drawn(0), drawn(1));
    assert_ne!(one.0, other.0, "the seeds draw the same");
    assert_ne!(one.1, other.1);
}

/// A longer sleep, another state.
pub fn a_slept_time_shows<R: Runner, C: Clock, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) {
    let slept = |nanos| {
        state(fresh, |context: C| async move {
            context.sleep(Duration::from_nanos(nanos)).await;
        })
    };
    assert_ne!(slept(5_000_000), slept(5_000_001));
}

/// Other bytes on a connection, another state, although they are as many.
pub fn a_sent_payload_shows<R: Runner, C: Network, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) {
    let sent = |message: Vec<u8>| {
        state(fresh, |context: C| async move {
            let ((mut sink, _stream), _far) = pair(&context).await;
            sink.send(&message).await.expect("the peer is there");
        })
    };
    assert_ne!(sent(b"payload".into()), sent(b"payloae".into()));
    let mut long = vec![7; 5_000];
    let state = sent(long.clone());
    long[4_321] = 8;
    assert_ne!(state, sent(long));
}

/// Other bytes in a blob, another state.
pub fn a_written_payload_shows<R: Runner, C: Storage, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) {
    let written = |bytes: Vec<u8>| {
        state(fresh, |context: C| async move {
            let blob = context.open("audit", b"blob").await.expect("it is made");
            blob.write_at(&bytes, 0).await.expect("there is room");
        })
    };
    assert_ne!(written(b"payload".into()), written(b"payloae".into()));
    let mut long = vec![7; 5_000];
    let state = written(long.clone());
    long[4_321] = 8;
    assert_ne!(state, written(long));
}

/// Another label, another state.
pub fn a_label_shows<R: Runner, C: Spawner, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) {
    let labelled = |label: &'static str| {
        state(fresh, |context: C| async move {
            context.spawn(label, async {}).await.expect("it returns");
        })
    };
    assert_ne!(labelled("one"), labelled("two"));
}

/// An abort shows, although nobody waits for the task.
pub fn an_abort_shows<R: Runner, C: Spawner + Clock, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) {
    let aborted = |abort: bool| {
        state(fresh, |context: C| async move {
            let task = context.spawn("task", pending::<()>());
            context.sleep(Duration::from_millis(1)).await;
            if abort {
                task.abort();
            }
            context.sleep(Duration::from_millis(1)).await;
        })
    };
    assert_ne!(aborted(true), aborted(false));
}

/// Where tasks ran in another order, the state is another.
pub fn the_order_of_tasks_shows<R: Runner, C: Spawner, S: Fn() -> T, T: PartialEq + Debug>(
    fresh: &dyn Fn(u64) -> (R, C, S),
) {
    let order = |seed| {
        let (runner, context, state) = fresh(seed);
        let order = Arc::<Mutex<Vec<usize>>>::default();
        runner.start(async {
            let tasks = (0..4).map(|number| {
                let order = order.clone();
                context.spawn("ready", async move { order.lock().unwrap().push(number) })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.expect("the task returns");
            }
        });
        let order = order.lock().unwrap().clone();
        (order, state())
    };
    seeds_are_alike_where_nothing_is_drawn(fresh, 16);
    let states: BTreeMap<_, _> = (0..16).map(order).collect();
    assert!(states.len() > 1, "always in one order");
    let states: Vec<_> = states.into_iter().collect();
    for (number, (order, state)) in states.iter().enumerate() {
        for (other, same) in &states[..number] {
            assert_ne!(state, same, "of {order:?} and {other:?}");
        }
    }
}
