//! Panics of tasks, and the root that is to hear of one, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports.

use super::{Carried, Panic};
use loom::{future::block_on, thread};
use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, Waker},
};

fn panic(label: &str) -> Panic {
    Panic {
        label: label.into(),
        payload: Box::new(()),
    }
}

async fn heard(carried: &Carried) -> Panic {
    poll_fn(|cx| carried.poll(cx).map_or(Poll::Pending, Poll::Ready)).await
}

#[test]
fn a_panic_anywhere_in_a_poll_of_the_root_reaches_it() {
    loom::model(|| {
        let carried = Arc::new(Carried::default());
        assert!(
            carried
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_none()
        );
        let to = carried.clone();
        let panicking = thread::spawn(move || to.carry(panic("task")).is_ok());
        assert_eq!(block_on(heard(&carried)).label, "task");
        assert!(panicking.join().unwrap());
    });
}

#[test]
fn of_two_panics_one_reaches_the_root_and_one_comes_back() {
    loom::model(|| {
        let carried = Arc::new(Carried::default());
        let carry = |label| {
            let to = carried.clone();
            thread::spawn(move || to.carry(panic(label)).err().map(|panic| panic.label))
        };
        let (one, two) = (carry("one"), carry("two"));
        let heard = block_on(heard(&carried)).label;
        let mut labels = vec![heard];
        labels.extend(one.join().unwrap());
        labels.extend(two.join().unwrap());
        labels.sort_unstable();
        assert_eq!(labels, ["one", "two"]);
    });
}

#[test]
fn a_panic_that_meets_the_end_of_the_root_is_told_once() {
    loom::model(|| {
        let carried = Arc::new(Carried::default());
        let to = carried.clone();
        let panicking = thread::spawn(move || to.carry(panic("task")).is_err());
        let late = carried.close().is_some();
        let came_back = panicking.join().unwrap();
        assert!(late != came_back, "late: {late}, came back: {came_back}");
    });
}
