//! Time: sleeps never end early, and end in order. Nothing here says how late one may end.

use crate::outside::poll_once;
use runtime_traits::{Clock, Error, Runner, Spawner};
use std::{
    future::{pending, ready},
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    time::{Duration, SystemTime},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The monotonic clock's origin lies at least a day before the start, so that `now - age` works.
pub fn monotonic_begins_a_day_after_its_origin<R: Runner, C: Clock>((runner, context): (R, C)) {
    assert!(context.monotonic() >= DAY);
    runner.start(async { assert!(context.monotonic() >= DAY) });
}

/// The monotonic clock never goes back.
pub fn monotonic_never_goes_back<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let mut before = context.monotonic();
        for _ in 0..100 {
            let now = context.monotonic();
            assert!(now >= before, "from {before:?} to {now:?}");
            before = now;
        }
        context.sleep(millis(1)).await;
        assert!(context.monotonic() > before, "a sleep takes time");
    });
}

/// A sleep never ends early by the monotonic clock.
pub fn a_sleep_never_ends_early<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        for nanos in [0, 1, 999_999, 1_000_001, 7_300_000] {
            let duration = Duration::from_nanos(nanos);
            let before = context.monotonic();
            context.sleep(duration).await;
            let after = context.monotonic();
            assert!(
                after >= before + duration,
                "{before:?} {after:?} {duration:?}"
            );
        }
    });
}

/// A sleep's deadline is fixed when `sleep` is called, not when the sleep is first polled.
pub fn a_sleeps_deadline_is_fixed_at_the_call<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let first = context.sleep(millis(20));
        context.sleep(millis(25)).await;
        // Its deadline is past: it ends before one that was made now.
        assert_eq!(context.timeout(millis(10), first).await, Ok(()));
    });
}

struct Note {
    order: Arc<Mutex<Vec<u64>>>,
    name: u64,
    then: Waker,
}

impl Wake for Note {
    fn wake(self: Arc<Self>) {
        self.order.lock().unwrap().push(self.name);
        self.then.wake_by_ref();
    }
}

/// Sleeps whose deadlines are at least 5 ms apart wake in the order of their deadlines, not in that
/// in which they were made.
pub fn deadlines_five_ms_apart_end_in_order<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let order = Arc::<Mutex<Vec<u64>>>::default();
        // So far ahead that all of them wait before the first ends.
        let begin = context.monotonic() + millis(500);
        let mut sleeps = [25, 5, 20, 10, 15].map(|name| {
            let deadline = begin + millis(name);
            (name, Box::pin(context.sleep_until_monotonic(deadline)))
        });
        // Each is polled once. Its wake says that it ended: who polls them all again finds, when
        // it comes late, several that have, in the order in which it polls.
        let mut is_begun = false;
        std::future::poll_fn(|cx| {
            for (name, sleep) in sleeps.iter_mut().filter(|_| !is_begun) {
                let note = Note {
                    order: order.clone(),
                    name: *name,
                    then: cx.waker().clone(),
                };
                let waker = Waker::from(Arc::new(note));
                let polled = sleep.as_mut().poll(&mut Context::from_waker(&waker));
                assert!(polled.is_pending(), "its deadline is far ahead");
            }
            is_begun = true;
            match order.lock().unwrap().len() {
                0..5 => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })
        .await;
        assert_eq!(*order.lock().unwrap(), [5, 10, 15, 20, 25]);
    });
}

/// `sleep_until` ends when the wall clock, as it stood at the call, would show its deadline.
pub fn sleep_until_waits_for_the_wall_clock<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let (wall, before) = (context.current(), context.monotonic());
        context.sleep_until(wall + millis(10)).await;
        // The wall was asked a little before: a wall that runs evenly allows for that.
        assert!(context.monotonic() >= before + millis(9));
    });
}

/// `sleep_until_monotonic` ends once the monotonic clock shows its deadline.
pub fn sleep_until_monotonic_waits_for_its_deadline<R: Runner, C: Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let deadline = context.monotonic() + millis(10);
        context.sleep_until_monotonic(deadline).await;
        assert!(context.monotonic() >= deadline);
    });
}

/// A deadline in the past is ready at the first poll.
pub fn a_deadline_in_the_past_is_ready<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let limit = millis(0);
        let wall = context.sleep_until(SystemTime::UNIX_EPOCH);
        assert_eq!(context.timeout(limit, wall).await, Ok(()));
        let hour_ago = context.sleep_until_monotonic(context.monotonic() - millis(3_600_000));
        assert_eq!(context.timeout(limit, hour_ago).await, Ok(()));
        let origin = context.sleep_until_monotonic(Duration::ZERO);
        assert_eq!(context.timeout(limit, origin).await, Ok(()));
    });
}

/// A deadline that no clock reaches neither overflows nor ends.
pub fn a_deadline_in_the_far_future_never_ends<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let (now, wall) = (context.monotonic(), context.current());
        let years = |years: u64| DAY * 366 * u32::try_from(years).expect("few");
        for sleep in [
            context.sleep(Duration::MAX),
            context.sleep(Duration::MAX - now),
            context.sleep(years(1_000)),
            context.sleep_until(wall + years(1_000)),
            context.sleep_until_monotonic(Duration::MAX),
            context.sleep_until_monotonic(Duration::MAX - Duration::from_nanos(1)),
        ] {
            assert_eq!(
                context.timeout(millis(10), sleep).await,
                Err(Error::Timeout)
            );
        }
    });
}

/// A sleep that was polled in one task and is moved to another wakes that one, at its deadline.
pub fn a_moved_sleep_keeps_its_wake_up_and_its_deadline<R: Runner, C: Clock + Spawner>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let deadline = context.monotonic() + millis(20);
        let mut sleep = Box::pin(context.sleep_until_monotonic(deadline));
        let polled = std::future::poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx))).await;
        assert_eq!(polled, Poll::Pending);
        let clock = context.clone();
        let moved = context.spawn("moved", async move {
            sleep.await;
            clock.monotonic()
        });
        let ended = moved.await.expect("the sleep wakes its new task");
        assert!(ended >= deadline, "{ended:?} {deadline:?}");
    });
}

struct Inert;

impl Wake for Inert {
    fn wake(self: Arc<Self>) {}
}

/// A dropped sleep keeps nothing: it lets go of its waker at once, long before its deadline.
pub fn a_dropped_sleep_lets_go_of_its_waker<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let inert = Arc::new(Inert);
        let mut sleep = Box::pin(context.sleep(DAY));
        let waker = Waker::from(inert.clone());
        assert!(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        drop((sleep, waker));
        assert_eq!(
            Arc::strong_count(&inert),
            1,
            "the runtime still holds a waker"
        );
    });
}

/// A value that is ready beats the limit, even a limit of zero.
pub fn a_ready_value_beats_the_limit<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        assert_eq!(context.timeout(Duration::ZERO, ready(7)).await, Ok(7));
        let quick = context.sleep(millis(1));
        assert_eq!(context.timeout(DAY, quick).await, Ok(()));
    });
}

/// What takes too long is [`Error::Timeout`], not before the limit.
pub fn a_timeout_ends_at_its_limit<R: Runner, C: Clock>((runner, context): (R, C)) {
    runner.start(async {
        let before = context.monotonic();
        let waited = context.timeout(millis(10), pending::<()>()).await;
        assert_eq!(waited, Err(Error::Timeout));
        assert!(context.monotonic() >= before + millis(10));
    });
}

/// Both clocks can be read before a run and after it.
pub fn clocks_outlive_their_run<R: Runner, C: Clock>((runner, context): (R, C)) {
    let (_, before) = (context.current(), context.monotonic());
    runner.start(async {});
    let (_, after) = (context.current(), context.monotonic());
    assert!(after >= before);
}

/// After the end a sleep never resolves, whenever it was made, and nothing panics.
pub fn after_the_end_a_sleep_never_ends<R: Runner, C: Clock>((runner, context): (R, C)) {
    let made_before = runner.start(async { [context.sleep(millis(1))] });
    let mut made_before = made_before.map(Box::pin);
    let mut made_after = Box::pin(context.sleep(Duration::ZERO));
    let past = context.monotonic() - millis(1);
    let mut due = Box::pin(context.sleep_until_monotonic(past));
    for _ in 0..3 {
        assert_eq!(poll_once(&mut made_before[0]), Poll::Pending);
        assert_eq!(poll_once(&mut made_after), Poll::Pending);
        assert_eq!(poll_once(&mut due), Poll::Pending);
    }
}
