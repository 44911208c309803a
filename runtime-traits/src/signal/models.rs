//! A signal and its signaler on different threads, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports.

use super::{Signal, Signaler};
use crate::{Error, sync::atomic::AtomicBool};
use loom::{future::block_on, thread};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::{Context, Poll, Wake, Waker},
};

fn poll_as(signal: &mut Signal, waker: &Waker) -> Poll<Result<i32, Error>> {
    Pin::new(signal).poll(&mut Context::from_waker(waker))
}

/// A waker that wakes nobody and can be counted.
struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_signal_anywhere_in_a_first_poll_is_heard() {
    loom::model(|| {
        let (mut signaler, signal) = Signaler::new();
        let before = Arc::new(AtomicBool::new(false));
        let written = before.clone();
        let signalling = thread::spawn(move || {
            written.store(true, Relaxed);
            signaler.signal(7);
        });
        assert_eq!(block_on(signal), Ok(7));
        assert!(before.load(Relaxed));
        signalling.join().unwrap();
    });
}

#[test]
fn clones_hear_one_signal_on_threads_of_their_own() {
    loom::model(|| {
        let (mut signaler, mut signal) = Signaler::new();
        let waiting = Arc::new(Nobody);
        assert!(poll_as(&mut signal, &waiting.clone().into()).is_pending());
        let clone = signal.clone();
        let other = thread::spawn(|| block_on(clone));
        let third = thread::spawn(move || block_on(signal.clone()));
        signaler.signal(7);
        assert_eq!(other.join().unwrap(), Ok(7));
        assert_eq!(third.join().unwrap(), Ok(7));
        assert_eq!(Arc::strong_count(&waiting), 1);
    });
}

#[test]
fn a_signal_dropped_while_signalled_takes_its_own_waker_alone() {
    loom::model(|| {
        let (mut signaler, mut dropped) = Signaler::new();
        let kept = dropped.clone();
        let waiting = Arc::new(Nobody);
        assert!(poll_as(&mut dropped, &waiting.clone().into()).is_pending());
        let other = thread::spawn(|| block_on(kept));
        let dropping = thread::spawn(|| drop(dropped));
        signaler.signal(7);
        assert_eq!(other.join().unwrap(), Ok(7));
        dropping.join().unwrap();
        assert_eq!(Arc::strong_count(&waiting), 1);
    });
}

#[test]
fn the_waker_that_polled_last_is_woken() {
    loom::model(|| {
        let (mut signaler, mut signal) = Signaler::new();
        let first = Arc::new(Nobody);
        assert!(poll_as(&mut signal, &first.clone().into()).is_pending());
        let signalling = thread::spawn(move || signaler.signal(7));
        assert_eq!(block_on(signal), Ok(7));
        signalling.join().unwrap();
        assert_eq!(Arc::strong_count(&first), 1);
    });
}

#[test]
fn a_signaler_dropped_anywhere_in_a_poll_closes_the_signal() {
    loom::model(|| {
        let (signaler, signal) = Signaler::new();
        let dropping = thread::spawn(|| drop(signaler));
        assert_eq!(block_on(signal), Err(Error::Closed));
        dropping.join().unwrap();
    });
}

#[test]
fn a_value_is_not_closed_by_the_drop_behind_it() {
    loom::model(|| {
        let (mut signaler, signal) = Signaler::new();
        let signalling = thread::spawn(move || {
            signaler.signal(7);
            drop(signaler);
        });
        assert_eq!(block_on(signal), Ok(7));
        signalling.join().unwrap();
    });
}
