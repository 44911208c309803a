//! Virtual time.

use runtime_deterministic::{Auditor, Executor};
use runtime_traits::{Clock, Error, Runner, Spawner, reschedule};
use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

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

#[derive(Default)]
struct Count(AtomicU32);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Polls a future that is to wait, by a waker or else by the task itself.
async fn poll_once<F: Future + Unpin>(
    future: &mut F,
    by: Option<&Arc<impl Wake + Send + Sync + 'static>>,
) {
    poll_fn(|cx| {
        let waker = by.map_or(cx.waker().clone(), |by| Waker::from(by.clone()));
        let polled = Pin::new(&mut *future).poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        Poll::Ready(())
    })
    .await;
}

#[test]
fn a_sleep_wakes_whoever_polled_it_last() {
    let (runner, context, auditor) = Executor::seeded(1);
    let counts: [Arc<Count>; 3] = Default::default();
    let [first, second, last] = &counts;
    runner.start(async {
        // The task and then others; two others; another and then the task, which is not woken twice.
        let mut sleeps = [(); 3].map(|()| context.sleep(HOUR));
        for by in [None, Some(first), Some(second)] {
            poll_once(&mut sleeps[0], by).await;
        }
        for by in [Some(first), Some(last)] {
            poll_once(&mut sleeps[1], by).await;
        }
        poll_once(&mut sleeps[2], Some(first)).await;
        let before = auditor.work().polls;
        let [_, _, sleep] = sleeps;
        sleep.await;
        assert_eq!(auditor.work().polls, before + 1);
        assert_eq!(
            counts.each_ref().map(|count| count.0.load(SeqCst)),
            [0, 1, 1]
        );
    });
}

#[test]
fn a_sleep_that_a_task_left_behind_wakes_nobody() {
    let (runner, context, auditor) = Executor::seeded(1);
    runner.start(async {
        let sleeper = context.clone();
        let task = context.spawn("sleeper", async move {
            let mut sleep = sleeper.sleep(HOUR);
            poll_once(&mut sleep, None::<&Arc<Count>>).await;
            mem::forget(sleep);
        });
        task.await.unwrap();
        let before = auditor.work().polls;
        context.sleep(2 * HOUR).await;
        assert_eq!(auditor.work().polls, before + 1);
        reschedule().await;
    });
}

#[test]
fn a_sleep_wakes_the_task_that_it_was_handed_to() {
    let (runner, context, auditor) = Executor::seeded(1);
    runner.start(async {
        let mut sleep = context.sleep(HOUR);
        poll_once(&mut sleep, None::<&Arc<Count>>).await;
        let task = context.spawn("heir", sleep);
        let before = auditor.work().polls;
        task.await.unwrap();
        // The heir sleeps and ends, and the root hears of its end.
        assert_eq!(auditor.work().polls, before + 3);
    });
}

/// Asks how much was done when it is dropped.
struct Curious(Auditor, Arc<AtomicU64>);

impl Wake for Curious {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Curious {
    fn drop(&mut self) {
        self.1.fetch_add(self.0.work().polls, SeqCst);
    }
}

#[test]
fn wakers_that_sleeps_let_go_are_dropped_outside_the_kernel() {
    let (runner, context, auditor) = Executor::seeded(1);
    let known = Arc::new(AtomicU64::new(0));
    runner.start(async {
        let mut sleep = context.sleep(HOUR);
        for polled in 0..2 {
            let waker = Curious(auditor.clone(), known.clone());
            poll_once(&mut sleep, Some(&Arc::new(waker))).await;
            assert_eq!(known.load(SeqCst), polled);
        }
        drop(sleep);
        assert_eq!(known.load(SeqCst), 2);
    });
}
