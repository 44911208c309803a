//! Waiting ends when, and only when, the value is right.

use super::Monitor;
use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Wake, Waker},
};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn a_change_wakes_each_waiter_once() {
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut cx = Context::from_waker(&waker);
    let monitor = Monitor::new(0);
    let mut two = pin!(monitor.until(|value| (*value == 2).then_some("two")));

    assert_eq!(two.as_mut().poll(&mut cx), Poll::Pending);
    assert_eq!(two.as_mut().poll(&mut cx), Poll::Pending);
    monitor.update(|value| *value = 1);
    assert_eq!(count.0.load(Relaxed), 1);

    assert_eq!(two.as_mut().poll(&mut cx), Poll::Pending);
    monitor.clone().update(|value| *value = 2);
    assert_eq!(count.0.load(Relaxed), 2);
    assert_eq!(two.as_mut().poll(&mut cx), Poll::Ready("two"));
}

#[test]
fn what_is_right_already_is_not_waited_for() {
    let monitor = Monitor::new(7);
    let mut cx = Context::from_waker(Waker::noop());
    let seven = pin!(monitor.until(|value| Some(*value)));
    assert_eq!(seven.poll(&mut cx), Poll::Ready(7));
    assert_eq!(monitor.read(|value| value + 1), 8);
}
