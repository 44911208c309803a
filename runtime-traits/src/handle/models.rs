//! A task and its handle on different threads, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports. Each model polls one task: `Current`'s
//! thread-local is std's, which the threads of a model share.

use super::{Handle, Panics, Task};
use crate::{Current, Error, sync::atomic::AtomicBool};
use loom::{future::block_on, thread};
use std::{
    future::{self, Future},
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::{Context, Poll, Wake, Waker},
};

type Dropped = fn() -> Error;

fn task<F>(future: F) -> (Task<F, Dropped>, Handle<F::Output>)
where
    F: Future<Output: Send + 'static>,
{
    Handle::new(Current::root(()), future, Panics::Catch, || Error::Closed)
}

/// A future that says when it is gone. The flag is relaxed: only the handle's own synchronisation
/// makes it seen.
struct Flagged<F>(F, Arc<AtomicBool>);

impl<F> Flagged<F> {
    fn new(future: F) -> (Self, Arc<AtomicBool>) {
        let gone = Arc::new(AtomicBool::new(false));
        (Self(future, gone.clone()), gone)
    }
}

impl<F: Future + Unpin> Future for Flagged<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<F> Drop for Flagged<F> {
    fn drop(&mut self) {
        self.1.store(true, Relaxed);
    }
}

/// A waker that wakes nobody and can be counted.
struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

fn poll_as<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

#[test]
fn an_abort_anywhere_in_a_poll_ends_the_task() {
    loom::model(|| {
        let (future, gone) = Flagged::new(future::pending::<()>());
        let (task, handle) = task(future);
        let executor = thread::spawn(|| block_on(task));
        handle.abort();
        assert_eq!(block_on(handle), Err(Error::Aborted));
        assert!(gone.load(Relaxed));
        executor.join().unwrap();
    });
}

#[test]
fn an_abort_finds_the_waker_that_polls_last() {
    loom::model(|| {
        let (mut task, handle) = task(future::pending::<()>());
        assert!(poll_as(&mut task, &Arc::new(Nobody).into()).is_pending());
        let executor = thread::spawn(|| block_on(task));
        handle.abort();
        assert_eq!(block_on(handle), Err(Error::Aborted));
        executor.join().unwrap();
    });
}

#[test]
fn two_aborts_are_one() {
    loom::model(|| {
        let (task, handle) = task(future::pending::<()>());
        let handle = Arc::new(handle);
        let other = handle.clone();
        let aborter = thread::spawn(move || other.abort());
        let executor = thread::spawn(|| block_on(task));
        handle.abort();
        executor.join().unwrap();
        aborter.join().unwrap();
        let handle = Arc::into_inner(handle).unwrap();
        assert_eq!(block_on(handle), Err(Error::Aborted));
    });
}

#[test]
fn an_abort_that_meets_completion_changes_the_result_or_nothing() {
    loom::model(|| {
        let (future, gone) = Flagged::new(future::ready(7));
        let (task, handle) = task(future);
        let executor = thread::spawn(|| block_on(task));
        handle.abort();
        let result = block_on(handle);
        assert!(matches!(result, Ok(7) | Err(Error::Aborted)), "{result:?}");
        assert!(gone.load(Relaxed));
        executor.join().unwrap();
    });
}

#[test]
fn the_task_that_asks_last_is_woken() {
    loom::model(|| {
        let (future, gone) = Flagged::new(future::ready(7));
        let (task, mut handle) = task(future);
        let first = Arc::new(Nobody);
        assert!(poll_as(&mut handle, &first.clone().into()).is_pending());
        let executor = thread::spawn(|| block_on(task));
        assert_eq!(block_on(handle), Ok(7));
        assert!(gone.load(Relaxed));
        executor.join().unwrap();
        assert_eq!(Arc::strong_count(&first), 1);
    });
}

#[test]
fn a_handle_dropped_while_its_task_ends_keeps_nothing() {
    loom::model(|| {
        let output = Arc::new(());
        let (mut task, mut handle) = task(future::ready(output.clone()));
        let waiting = Arc::new(Nobody);
        assert!(poll_as(&mut handle, &waiting.clone().into()).is_pending());
        let executor = thread::spawn(move || {
            block_on(&mut task);
            task
        });
        drop(handle);
        // An executor may keep what is over, and with it what the two shared.
        let over = executor.join().unwrap();
        assert_eq!(Arc::strong_count(&output), 1);
        assert_eq!(Arc::strong_count(&waiting), 1);
        drop(over);
    });
}

#[test]
fn a_task_dropped_while_it_is_joined_closes_its_handle() {
    loom::model(|| {
        let (future, gone) = Flagged::new(future::pending::<()>());
        let (task, handle) = task(future);
        let ending = thread::spawn(|| drop(task));
        assert_eq!(block_on(handle), Err(Error::Closed));
        assert!(gone.load(Relaxed));
        ending.join().unwrap();
    });
}
