//! Virtual time.

use runtime_deterministic::Executor;
use runtime_traits::{Clock, Error, Runner, Spawner};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn an_hour_passes_at_once() {
    let (runner, context, auditor) = Executor::seeded(1);
    let before = context.monotonic();
    let after = runner.start(async {
        context.sleep(HOUR).await;
        context.monotonic()
    });
    assert_eq!(after - before, HOUR);
    assert_eq!(auditor.work().virtual_nanos, HOUR.as_nanos() as u64);
}

#[test]
fn a_sleep_counts_from_the_call() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let sleep = context.sleep(HOUR);
        context.sleep(HOUR).await;
        let before = context.monotonic();
        sleep.await;
        assert_eq!(context.monotonic(), before);
    });
}

#[test]
fn a_limit_passes_and_a_ready_value_beats_it() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let late = context.timeout(HOUR, context.sleep(2 * HOUR)).await;
        assert_eq!(late, Err(Error::Timeout));
        let tie = context.timeout(HOUR, context.sleep(HOUR)).await;
        assert_eq!(tie, Ok(()));
    });
}

#[test]
#[should_panic(expected = "deadlock at 0.000000 ms")]
fn a_sleep_that_no_clock_reaches_never_ends() {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(context.sleep(Duration::MAX));
}

#[test]
fn equal_deadlines_end_in_an_order_of_the_seed() {
    let order = |seed| {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(async {
            let (sender, receiver) = std::sync::mpsc::channel();
            let tasks: Vec<_> = (0..8)
                .map(|number| {
                    let (clock, sender) = (context.clone(), sender.clone());
                    context.spawn("sleeper", async move {
                        clock.sleep(HOUR).await;
                        sender.send(number).unwrap();
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            receiver.try_iter().collect::<Vec<_>>()
        })
    };
    assert_eq!(order(1), order(1));
    let orders: std::collections::BTreeSet<_> = (0..20).map(order).collect();
    assert!(orders.len() > 15, "{} orders of 20 seeds", orders.len());
}
