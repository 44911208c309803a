//! Work, its handle and the end of the run on different threads, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports. Loom has no time: a grace never passes.

use super::Jobs;
use loom::{future::block_on, thread};
use runtime_traits::{Error, Handle};
use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Wake},
    time::Duration,
};

/// A waker that wakes nobody and can be counted.
struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

fn wait_once(handle: &mut Handle<u8>) -> Arc<Nobody> {
    let nobody = Arc::new(Nobody);
    let waker = nobody.clone().into();
    let polled = pin!(handle).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    nobody
}

#[test]
fn a_result_reaches_whoever_polled_last() {
    loom::model(|| {
        let (ticket, mut handle) = Jobs::default().begin("work".into());
        let nobody = wait_once(&mut handle);
        let working = thread::spawn(|| ticket.finish(Ok(7)));
        assert_eq!(block_on(handle), Ok(7));
        working.join().unwrap();
        assert_eq!(Arc::strong_count(&nobody), 1);
    });
}

#[test]
fn an_abort_that_meets_a_result_resolves_the_handle_at_once() {
    loom::model(|| {
        let (ticket, handle) = Jobs::default().begin("work".into());
        let working = thread::spawn(|| ticket.finish(Ok(7)));
        handle.abort();
        assert!(handle.is_finished());
        let result = block_on(handle);
        assert!(matches!(result, Ok(7) | Err(Error::Aborted)), "{result:?}");
        working.join().unwrap();
    });
}

#[test]
fn work_dropped_while_it_is_joined_closes_its_handle() {
    loom::model(|| {
        let (ticket, handle) = Jobs::default().begin::<u8>("work".into());
        let dropping = thread::spawn(|| drop(ticket));
        assert_eq!(block_on(handle), Err(Error::Closed));
        dropping.join().unwrap();
    });
}

#[test]
fn the_end_of_a_run_hears_when_the_last_work_is_done() {
    loom::model(|| {
        let jobs = Jobs::default();
        let (one, first) = jobs.begin("one".into());
        let (two, second) = jobs.begin("two".into());
        let working = thread::spawn(|| one.finish(Ok(7)));
        let dropping = thread::spawn(|| drop(two));
        jobs.wait(Duration::MAX);
        assert!(first.is_finished() && second.is_finished());
        assert_eq!(jobs.abandon(), []);
        assert_eq!(block_on(first), Ok(7));
        assert_eq!(block_on(second), Err::<u8, _>(Error::Closed));
        working.join().unwrap();
        dropping.join().unwrap();
    });
}

#[test]
fn work_that_begins_while_the_rest_is_abandoned_is_closed() {
    loom::model(|| {
        let jobs = Jobs::default();
        let late = jobs.clone();
        let beginning = thread::spawn(move || {
            let (ticket, handle) = late.begin::<u8>("late".into());
            assert_eq!(block_on(handle), Err(Error::Closed));
            ticket.finish(Ok(7));
        });
        jobs.abandon();
        beginning.join().unwrap();
        jobs.wait(Duration::MAX);
    });
}

#[test]
fn work_that_ends_while_it_is_abandoned_has_one_result() {
    loom::model(|| {
        let jobs = Jobs::default();
        let (ticket, handle) = jobs.begin("work".into());
        let working = thread::spawn(|| ticket.finish(Ok(7)));
        let named = jobs.abandon();
        assert!(handle.is_finished());
        let result = block_on(handle);
        assert!(matches!(result, Ok(7) | Err(Error::Closed)), "{result:?}");
        assert!(result == Ok(7) || named == ["work".into()]);
        working.join().unwrap();
    });
}
