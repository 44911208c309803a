//! A future with a limit, and giving way.

use crate::executor::{Wakes, poll_as, poll_once};
use runtime_traits::{Clock, Error, future::Timeout, reschedule};
use std::{
    future::{Pending, Ready, pending, poll_fn, ready},
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

/// A clock whose sleeps are of type `S`, and which notes how long they were asked to be.
struct Sleeps<S>(Arc<Mutex<Vec<Duration>>>, PhantomData<fn() -> S>);

impl<S> Clone for Sleeps<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

trait Make: Future<Output = ()> + Send + Sync + 'static {
    fn make() -> Self;
}

impl Make for Ready<()> {
    fn make() -> Self {
        ready(())
    }
}

impl Make for Pending<()> {
    fn make() -> Self {
        pending()
    }
}

impl<S: Make> Clock for Sleeps<S> {
    type Sleep = S;

    fn current(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, duration: Duration) -> S {
        self.0.lock().unwrap().push(duration);
        S::make()
    }

    fn sleep_until(&self, _: SystemTime) -> S {
        S::make()
    }

    fn sleep_until_monotonic(&self, _: Duration) -> S {
        S::make()
    }
}

const LIMIT: Duration = Duration::from_secs(3);

/// A time-out whose limit has passed with `Ready`, and never passes with `Pending`. The clock is
/// gone before it is polled.
fn timeout<S: Make, F: Future>(future: F) -> Timeout<F, S> {
    let clock = Sleeps(Arc::default(), PhantomData);
    let timeout = clock.timeout(LIMIT, future);
    assert_eq!(*clock.0.lock().unwrap(), [LIMIT]);
    timeout
}

#[test]
fn a_ready_value_beats_the_limit() {
    let mut both = timeout::<Ready<()>, _>(ready(7));
    assert_eq!(poll_once(&mut both), Poll::Ready(Ok(7)));
}

#[test]
fn the_limit_beats_a_future_that_waits() {
    let mut late = timeout::<Ready<()>, _>(pending::<u8>());
    assert_eq!(poll_once(&mut late), Poll::Ready(Err(Error::Timeout)));
}

#[test]
fn before_the_limit_the_future_goes_on() {
    let mut polls = 0;
    let mut timed = timeout::<Pending<()>, _>(poll_fn(|_| {
        polls += 1;
        match polls {
            3 => Poll::Ready("done"),
            _ => Poll::Pending,
        }
    }));
    assert_eq!(poll_once(&mut timed), Poll::Pending);
    assert_eq!(poll_once(&mut timed), Poll::Pending);
    assert_eq!(poll_once(&mut timed), Poll::Ready(Ok("done")));
}

#[test]
fn the_future_and_the_limit_both_wake_the_task() {
    struct Waking;
    impl Future for Waking {
        type Output = ();
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    }
    impl Make for Waking {
        fn make() -> Self {
            Self
        }
    }
    let (wakes, waker) = Wakes::counted();
    let mut timed = timeout::<Waking, _>(Waking);
    assert_eq!(poll_as(&mut timed, &waker), Poll::Pending);
    assert_eq!(wakes.count(), 2);
}

#[test]
fn reschedule_gives_way_once_and_wakes_itself() {
    let (wakes, waker) = Wakes::counted();
    let mut way = reschedule();
    assert_eq!(poll_as(&mut way, &waker), Poll::Pending);
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll_as(&mut way, &waker), Poll::Ready(()));
    assert_eq!(wakes.count(), 1);
}
