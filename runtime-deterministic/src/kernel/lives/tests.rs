//! What each thread that stops a life finds.

use super::*;
use runtime_traits::Error;
use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

fn poll(signal: &mut Signal) -> Poll<Result<i32, Error>> {
    Pin::new(signal).poll(&mut Context::from_waker(Waker::noop()))
}

fn one_life() -> Lives {
    let mut lives = Lives::default();
    lives.begin(0, 0, Tasks::new());
    lives
}

#[test]
fn whoever_stops_a_life_can_tell_it_whoever_was_first() {
    let mut lives = one_life();
    assert!(matches!(lives.stop(0, 0, 1), Some((1, None))));
    let mut lives = one_life();
    let mut asked = lives.stopped(0, 0);
    let first = lives.stop(0, 0, 1).expect("it is not over");
    assert_eq!(poll(&mut asked), Poll::Pending);
    let (value, signaler) = lives.stop(0, 0, 2).expect("it is not over");
    signaler.expect("it was asked for").signal_shared(value);
    assert_eq!(poll(&mut asked), Poll::Ready(Ok(1)));
    drop(first);
}

#[test]
fn a_life_that_is_over_is_stopped_no_more_and_keeps_what_it_was_told() {
    for told in [None, Some(3)] {
        let mut lives = one_life();
        let mut asked = lives.stopped(0, 0);
        let stopping = told.map(|value| lives.stop(0, 0, value).expect("it is not over"));
        drop(lives.end(0, 0));
        assert!(lives.stop(0, 0, 4).is_none());
        let expected = told.ok_or(Error::Closed);
        assert_eq!(
            poll(&mut lives.stopped(0, 0)),
            Poll::Ready(expected.clone())
        );
        if let Some((value, Some(signaler))) = stopping {
            assert_eq!(poll(&mut asked), Poll::Pending, "its stop is under way");
            signaler.signal_shared(value);
        }
        assert_eq!(poll(&mut asked), Poll::Ready(expected));
    }
}
