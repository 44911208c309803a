//! The runtime's clock as hyper uses it: limits that are set for each request and dropped again.

use futures::poll;
use hyper::rt::{Sleep, Timer as _};
use runtime_deterministic::{Context, Executor};
use runtime_hyper::Timer;
use runtime_traits::{Clock, Runner};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::Poll,
    time::{Duration, SystemTime},
};

const SECOND: Duration = Duration::from_secs(1);

/// A clock that counts the sleeps that were asked for.
#[derive(Clone)]
struct Counting {
    context: Context,
    sleeps: Arc<AtomicU64>,
}

impl Clock for Counting {
    type Sleep = <Context as Clock>::Sleep;

    fn current(&self) -> SystemTime {
        self.context.current()
    }

    fn monotonic(&self) -> Duration {
        self.context.monotonic()
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.sleep_until_monotonic(self.monotonic() + duration)
    }

    fn sleep_until(&self, _: SystemTime) -> Self::Sleep {
        unreachable!("hyper's time is monotonic")
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> Self::Sleep {
        self.sleeps.fetch_add(1, Relaxed);
        self.context.sleep_until_monotonic(deadline)
    }
}

/// Runs with a timer, and returns how many sleeps the clock was asked for.
fn sleeps(test: impl AsyncFnOnce(&Context, Timer<Counting>)) -> u64 {
    let (runner, context, _) = Executor::default();
    let sleeps = Arc::new(AtomicU64::new(0));
    let clock = Counting {
        context: context.clone(),
        sleeps: sleeps.clone(),
    };
    runner.start(test(&context, Timer::new(clock)));
    sleeps.load(Relaxed)
}

/// As hyper does while it waits.
async fn wait_for_something_else(sleep: &mut Pin<Box<dyn Sleep>>) {
    assert_eq!(poll!(sleep), Poll::Pending);
}

/// How long a sleep takes from now on.
async fn took(context: &Context, sleep: Pin<Box<dyn Sleep>>) -> Duration {
    let before = context.monotonic();
    sleep.await;
    context.monotonic() - before
}

#[test]
fn limits_that_are_dropped_share_one_sleep() {
    let asked = sleeps(async |context, timer| {
        for _ in 0..100 {
            wait_for_something_else(&mut timer.sleep(30 * SECOND)).await;
            context.sleep(SECOND / 10).await;
        }
    });
    assert_eq!(asked, 1);
}

#[test]
fn a_limit_that_was_never_waited_for_costs_no_sleep() {
    let asked = sleeps(async |_, timer| drop(timer.sleep(30 * SECOND)));
    assert_eq!(asked, 0);
}

#[test]
fn a_limit_after_one_that_was_dropped_has_its_own_time() {
    let asked = sleeps(async |context, timer| {
        wait_for_something_else(&mut timer.sleep(30 * SECOND)).await;
        context.sleep(20 * SECOND).await;
        assert_eq!(took(context, timer.sleep(30 * SECOND)).await, 30 * SECOND);
        // The kept one ended on the way: nothing is left of it.
        assert_eq!(took(context, timer.sleep(SECOND)).await, SECOND);
    });
    assert_eq!(asked, 3);
}

#[test]
fn a_short_limit_does_not_wait_for_a_long_one_that_was_dropped() {
    let asked = sleeps(async |context, timer| {
        wait_for_something_else(&mut timer.sleep(30 * SECOND)).await;
        assert_eq!(took(context, timer.sleep(SECOND)).await, SECOND);
        let soon = timer.now() + 2 * SECOND;
        assert_eq!(took(context, timer.sleep_until(soon)).await, 2 * SECOND);
    });
    assert_eq!(asked, 3);
}
