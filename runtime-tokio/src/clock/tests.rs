//! Sleeps that tokio's timer cannot hold at once, and sleeps that are polled often.

use super::STRETCH;
use crate::Executor;
use runtime_traits::{Clock, Runner, Spawner};
use std::{future::poll_fn, task::Poll, time::Duration};
use tokio::task::coop;

/// Whoever takes this long was not woken.
const HANGS: Duration = Duration::from_secs(20);

#[test]
fn a_sleep_of_many_stretches_is_not_early() {
    let (runner, context) = Executor::default();
    runner.start(async {
        let begin = context.monotonic();
        context.sleep(10 * STRETCH).await;
        assert!(context.monotonic() >= begin + 10 * STRETCH);
    });
}

#[test]
fn a_sleep_that_was_polled_often_wakes_the_task_that_polled_it_last() {
    let (runner, context) = Executor::default();
    runner.start(async {
        let mut sleep = Box::pin(context.sleep(Duration::from_millis(50)));
        for _ in 0..9 {
            let once = poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx)));
            assert_eq!(once.await, Poll::Pending);
        }
        let other = context.spawn("other", sleep);
        assert_eq!(context.timeout(HANGS, other).await, Ok(Ok(())));
    });
}

#[test]
fn a_sleep_wakes_a_task_that_had_no_budget_when_it_polled_first() {
    let (runner, context) = Executor::default();
    runner.start(async {
        let mut sleep = Box::pin(context.sleep(Duration::from_millis(50)));
        let once = poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx)));
        assert_eq!(once.await, Poll::Pending);
        let mut has_budget = false;
        let other = poll_fn(move |cx| {
            while !has_budget && let Poll::Ready(coop) = coop::poll_proceed(cx) {
                coop.made_progress();
            }
            has_budget = true;
            sleep.as_mut().poll(cx)
        });
        let other = context.spawn("other", other);
        assert_eq!(context.timeout(HANGS, other).await, Ok(Ok(())));
    });
}

#[test]
fn a_sleep_that_is_polled_often_ends() {
    let (runner, context) = Executor::default();
    runner.start(async {
        let mut sleep = Box::pin(context.sleep(Duration::from_millis(50)));
        let mut polls = 0;
        let often = poll_fn(move |cx| {
            polls += 1;
            if polls < 9 {
                cx.waker().wake_by_ref();
            }
            sleep.as_mut().poll(cx)
        });
        let often = context.spawn("often", often);
        assert_eq!(context.timeout(HANGS, often).await, Ok(Ok(())));
    });
}
