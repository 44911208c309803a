//! One value for everybody, and nothing left behind.

use crate::executor::{Wakes, block_on, ends, poll_as, poll_once, waker};
use runtime_traits::{Error, Signaler};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex},
    task::Poll,
    thread,
};

#[test]
fn the_first_value_wins() {
    let (mut signaler, mut signal) = Signaler::new();
    assert_eq!(poll_once(&mut signal), Poll::Pending);
    signaler.signal(1);
    signaler.signal(2);
    assert_eq!(poll_once(&mut signal), Poll::Ready(Ok(1)));
    drop(signaler);
    assert_eq!(poll_once(&mut signal), Poll::Ready(Ok(1)));
}

#[test]
fn a_signal_may_be_polled_after_it_resolved() {
    let (mut signaler, mut signal) = Signaler::new();
    signaler.signal(3);
    for _ in 0..3 {
        assert_eq!(poll_once(&mut signal), Poll::Ready(Ok(3)));
    }
}

#[test]
fn clones_resolve_alike_whenever_they_are_made() {
    let (mut signaler, mut signal) = Signaler::new();
    let (wakes, waker) = Wakes::counted();
    let mut before = signal.clone();
    assert_eq!(poll_as(&mut before, &waker), Poll::Pending);
    assert_eq!(poll_as(&mut signal, &waker), Poll::Pending);
    let mut of_waiting = signal.clone();
    assert_eq!(poll_as(&mut of_waiting, &waker), Poll::Pending);
    signaler.signal(4);
    assert_eq!(wakes.count(), 3);
    let mut after = signal.clone();
    for each in [&mut before, &mut signal, &mut of_waiting, &mut after] {
        assert_eq!(poll_once(each), Poll::Ready(Ok(4)));
    }
}

#[test]
fn without_its_signaler_a_signal_is_closed() {
    let (signaler, mut signal) = Signaler::new();
    let (wakes, waker) = Wakes::counted();
    assert_eq!(poll_as(&mut signal, &waker), Poll::Pending);
    drop(signaler);
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll_once(&mut signal), Poll::Ready(Err(Error::Closed)));
    assert_eq!(
        poll_once(&mut signal.clone()),
        Poll::Ready(Err(Error::Closed))
    );
}

#[test]
fn a_dropped_signal_is_not_woken_and_leaves_no_waker() {
    let (mut signaler, signal) = Signaler::new();
    let (wakes, waker) = Wakes::counted();
    for _ in 0..3 {
        assert_eq!(poll_as(&mut signal.clone(), &waker), Poll::Pending);
    }
    drop(waker);
    assert_eq!(Arc::strong_count(&wakes), 1);
    signaler.signal(1);
    assert_eq!(wakes.count(), 0);
}

#[test]
fn a_signal_that_moves_to_another_task_wakes_that_one_alone() {
    let (mut signaler, mut signal) = Signaler::new();
    let (first, first_waker) = Wakes::counted();
    let (last, last_waker) = Wakes::counted();
    assert_eq!(poll_as(&mut signal, &first_waker), Poll::Pending);
    assert_eq!(poll_as(&mut signal, &last_waker), Poll::Pending);
    assert_eq!(poll_as(&mut signal, &last_waker), Poll::Pending);
    signaler.signal(1);
    assert_eq!((first.count(), last.count()), (0, 1));
}

#[test]
fn a_resolved_signal_keeps_no_waker() {
    let (mut signaler, mut signal) = Signaler::new();
    let (wakes, waker) = Wakes::counted();
    assert_eq!(poll_as(&mut signal, &waker), Poll::Pending);
    signaler.signal(1);
    assert_eq!(poll_as(&mut signal, &waker), Poll::Ready(Ok(1)));
    drop(waker);
    assert_eq!(Arc::strong_count(&wakes), 1);
}

#[test]
fn a_waker_may_come_back_when_it_is_woken_replaced_or_dropped() {
    ends(|| {
        let (signaler, mut signal) = Signaler::new();
        let signaler = Arc::new(Mutex::new(Some(signaler)));
        let (looker, again) = (signal.clone(), signal.clone());
        let look = move || assert!(!format!("{looker:?}").is_empty());
        let look_again = move || assert!(!format!("{again:?}").is_empty());
        let first = waker(look, look_again);
        assert_eq!(poll_as(&mut signal, &first), Poll::Pending);
        drop(first);
        assert_eq!(poll_once(&mut signal), Poll::Pending);

        let (looker, again) = (signal.clone(), signal.clone());
        let second = waker(
            move || drop(format!("{looker:?}")),
            move || drop(format!("{again:?}")),
        );
        let mut clone = signal.clone();
        assert_eq!(poll_as(&mut signal, &second), Poll::Pending);
        assert_eq!(poll_as(&mut clone, &second), Poll::Pending);
        drop(second);
        drop(clone);
        let taken = signaler.lock().unwrap().take();
        drop(taken);
        assert_eq!(poll_once(&mut signal), Poll::Ready(Err(Error::Closed)));
    });
    ends(|| {
        let (_signaler, mut signal) = Signaler::new();
        let again = signal.clone();
        let only = waker(|| (), move || drop(format!("{again:?}")));
        assert_eq!(poll_as(&mut signal, &only), Poll::Pending);
        drop(only);
        drop(signal);
    });
}

/// Runs `f` beside signals whose first and third wakers panic, and returns what went on and how many of
/// the other two were woken.
fn beside_panics(f: impl FnOnce(Signaler)) -> (&'static str, usize) {
    let (signaler, signal) = Signaler::new();
    let (wakes, counted) = Wakes::counted();
    let panics = |text: &'static str| waker(move || resume_unwind(Box::new(text)), || ());
    let wakers = [panics("first"), counted.clone(), panics("third"), counted];
    let mut signals = [(); 4].map(|()| signal.clone());
    for (signal, waker) in signals.iter_mut().zip(&wakers) {
        assert_eq!(poll_as(signal, waker), Poll::Pending);
    }
    let payload = catch_unwind(AssertUnwindSafe(|| f(signaler))).unwrap_err();
    (payload.downcast_ref::<&str>().unwrap(), wakes.count())
}

#[test]
fn all_are_woken_whatever_one_of_them_panics() {
    let signalled = beside_panics(|mut signaler| signaler.signal(1));
    assert_eq!(signalled, ("first", 2));
    assert_eq!(beside_panics(drop), ("first", 2));
}

#[test]
fn a_signaler_that_is_shared_tells_the_first_value_and_comes_back_from_a_waker() {
    ends(|| {
        let (signaler, mut signal) = Signaler::new();
        let signaler = Arc::new(signaler);
        let shared = signaler.clone();
        let second = waker(move || shared.signal_shared(2), || ());
        assert_eq!(poll_as(&mut signal, &second), Poll::Pending);
        signaler.signal_shared(1);
        assert_eq!(poll_once(&mut signal), Poll::Ready(Ok(1)));
    });
}

#[test]
fn a_signal_from_another_thread_is_never_lost() {
    for value in 0..500 {
        let (mut signaler, signal) = Signaler::new();
        let waiting = thread::spawn(|| block_on(signal));
        signaler.signal(value);
        assert_eq!(waiting.join().unwrap(), Ok(value));
    }
}
