//! Clocks and sleep. Only lower bounds of time are asserted.

use crate::{one_thread, run, run_with};
use futures::{future::FutureExt, poll};
use runtime_traits::{Blob, Clock, Error, Spawner, Storage};
use std::{
    future::{pending, ready},
    pin::pin,
    sync::{Arc, Mutex},
    task::Poll,
    time::{Duration, Instant, SystemTime},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const LIMIT: Duration = Duration::from_millis(5);
/// More calls than a thread makes within the limit, and an end where that never passes.
const LONG: u32 = 1_000_000;

#[test]
fn monotonic_begins_at_least_a_day_in_and_never_goes_back() {
    run(async |context| {
        let mut last = context.monotonic();
        assert!(last >= DAY);
        for _ in 0..1000 {
            let now = context.monotonic();
            assert!(now >= last);
            last = now;
        }
    });
}

#[test]
fn the_wall_is_the_systems() {
    run(async |context| {
        let before = SystemTime::now();
        let during = context.current();
        // The wall may jump, but not by a year while this runs.
        assert!(during + 365 * DAY > before && before + 365 * DAY > during);
    });
}

#[test]
fn a_sleep_is_never_early() {
    run(async |context| {
        for micros in (100..3000).step_by(97) {
            let duration = Duration::from_micros(micros);
            let begin = context.monotonic();
            context.sleep(duration).await;
            assert!(context.monotonic() >= begin + duration, "{duration:?}");
            let deadline = context.monotonic() + duration;
            context.sleep_until_monotonic(deadline).await;
            assert!(context.monotonic() >= deadline, "until {duration:?}");
        }
        let deadline = context.current() + Duration::from_millis(3);
        let begin = context.monotonic();
        context.sleep_until(deadline).await;
        assert!(context.monotonic() >= begin + Duration::from_millis(2));
    });
}

#[test]
fn deadlines_five_milliseconds_apart_fire_in_order() {
    // On one thread: several may take woken tasks in another order than they woke.
    run_with(one_thread(), async |context| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let now = context.monotonic();
        let sleeper = |place: u32| {
            let sleep = context.sleep_until_monotonic(now + place * Duration::from_millis(5));
            let order = order.clone();
            context.spawn("sleeper", async move {
                sleep.await;
                order.lock().unwrap().push(place);
            })
        };
        let sleepers: Vec<_> = [9, 3, 5, 1, 10, 2, 7, 4, 8, 6].map(sleeper).into();
        for sleeper in sleepers {
            sleeper.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), Vec::from_iter(1..=10));
    });
}

#[test]
fn the_deadline_is_fixed_at_the_call() {
    run(async |context| {
        let duration = Duration::from_millis(20);
        let early = context.sleep(duration);
        context.sleep(2 * duration).await;
        // Its time passed before its first poll.
        assert_eq!(early.now_or_never(), Some(()));
    });
}

#[test]
fn the_past_is_ready_and_the_far_future_neither_overflows_nor_fires() {
    run(async |context| {
        let past = [SystemTime::UNIX_EPOCH, context.current() - DAY];
        for deadline in past {
            assert_eq!(context.sleep_until(deadline).now_or_never(), Some(()));
        }
        assert_eq!(context.sleep(Duration::ZERO).now_or_never(), Some(()));
        assert_eq!(
            context.sleep_until_monotonic(DAY / 2).now_or_never(),
            Some(())
        );

        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(i64::MAX as u64);
        let sleeps = [
            context.sleep(longest()),
            context.sleep(Duration::MAX),
            context.sleep(Duration::from_secs(u64::MAX / 4)),
            context.sleep(5 * 365 * DAY),
            context.sleep_until(far),
            context.sleep_until_monotonic(Duration::MAX),
        ];
        let mut sleeps = sleeps.map(Box::pin);
        for _ in 0..2 {
            for sleep in &mut sleeps {
                assert_eq!(poll!(sleep), Poll::Pending);
            }
            context.sleep(Duration::from_millis(5)).await;
        }
    });
}

/// Nearly to the last moment that the clock can say, where one more tick overflows.
fn longest() -> Duration {
    let now = Instant::now();
    let longer = |longest: Duration, step: Duration| match longest.checked_add(step) {
        Some(longer) if now.checked_add(longer).is_some() => longer,
        _ => longest,
    };
    let seconds = (0..63).rev().map(|bit| Duration::from_secs(1 << bit));
    let nanos = (0..30).rev().map(|bit| Duration::from_nanos(1 << bit));
    seconds.chain(nanos).fold(Duration::ZERO, longer) - Duration::from_micros(500)
}

#[test]
fn a_sleep_moved_to_another_task_wakes_that_one() {
    run(async |context| {
        let begin = context.monotonic();
        let duration = Duration::from_millis(20);
        let mut sleep = Box::pin(context.sleep(duration));
        assert_eq!(poll!(&mut sleep), Poll::Pending);
        context.spawn("other", sleep).await.unwrap();
        assert!(context.monotonic() >= begin + duration);
    });
}

#[test]
fn a_time_limit_passes_or_the_value_beats_it() {
    run(async |context| {
        let limit = Duration::from_millis(5);
        assert_eq!(
            context.timeout(limit, pending::<()>()).await,
            Err(Error::Timeout)
        );
        assert_eq!(context.timeout(Duration::ZERO, ready(4)).await, Ok(4));
    });
}

#[test]
fn a_time_limit_passes_although_its_future_is_always_busy() {
    run(async |context| {
        let busy = context.clone();
        let spin = async move {
            for _ in 0..LONG {
                busy.sleep(Duration::ZERO).await;
            }
        };
        let limited = context.timeout(LIMIT, spin);
        assert_eq!(pin!(limited).await, Err(Error::Timeout));
    });
}

/// Each read that waits for nothing takes a bit of what tokio lets a task do in one poll.
#[test]
fn a_time_limit_passes_although_its_future_always_reads() {
    run(async |context| {
        let blob = context.open("limits", b"read").await.unwrap();
        blob.write_at(&[1], 0).await.unwrap();
        let reads = async move {
            for _ in 0..LONG {
                blob.read_at(&mut [0], 0).await.unwrap();
            }
        };
        let limited = context.timeout(LIMIT, reads);
        assert_eq!(pin!(limited).await, Err(Error::Timeout));
    });
}
