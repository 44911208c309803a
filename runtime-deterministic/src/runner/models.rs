//! A run and the threads around it, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports. `Current`'s thread-local is std's, which
//! the threads of a model share; theirs but the run's enter no task. Loom's threads have small
//! stacks, which a run overflows when it is built without optimisation.

use crate::{
    Context, Executor, Runner,
    kernel::{Injected, ROOT},
    task,
};
use loom::{
    future::block_on,
    sync::atomic::AtomicBool,
    thread::{self, JoinHandle},
};
use runtime_traits::{Error, Handle, Runner as _, Spawner};
use std::{
    future::{pending, poll_fn, ready},
    pin::Pin,
    sync::{Arc, Mutex, atomic::Ordering::Relaxed},
    task::{Context as Polling, Poll, Wake},
};

fn run() -> (Runner, Context) {
    let (runner, context, _) = Executor::default();
    (runner, context)
}

/// What a thread does before it wakes the root. The flag is relaxed: only the wake-up makes it seen.
fn waking(context: &Context, work: impl FnOnce() + 'static) -> (JoinHandle<()>, Arc<AtomicBool>) {
    let done = Arc::new(AtomicBool::new(false));
    let doing = done.clone();
    let waker = task::waker(context.shared.run, ROOT);
    let thread = thread::spawn(move || {
        work();
        doing.store(true, Relaxed);
        waker.wake();
    });
    (thread, done)
}

async fn all(flags: &[Arc<AtomicBool>]) {
    let done = || flags.iter().all(|flag| flag.load(Relaxed));
    poll_fn(|_| {
        if done() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// What a future holds, to say that it is gone.
struct Held(Arc<AtomicBool>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// A waker that wakes nobody and can be counted.
struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_wake_up_anywhere_in_a_run_or_before_it_is_taken_in() {
    loom::model(|| {
        let (runner, context) = run();
        let (thread, done) = waking(&context, || ());
        runner.start(all(&[done]));
        thread.join().unwrap();
    });
}

#[test]
fn two_threads_are_both_heard() {
    loom::model(|| {
        let (runner, context) = run();
        let (first, one) = waking(&context, || ());
        let (second, two) = waking(&context, || ());
        runner.start(all(&[one, two]));
        first.join().unwrap();
        second.join().unwrap();
    });
}

#[test]
fn what_comes_while_a_run_ends_is_not_kept() {
    loom::model(|| {
        let (runner, context) = run();
        let nobody = Arc::new(Nobody);
        let (clock, deadline, waker) = (None, 1, nobody.clone().into());
        let timer = Injected::Timer {
            clock,
            deadline,
            waker,
        };
        let shared = context.shared.clone();
        let late = thread::spawn(move || shared.inject(timer));
        runner.start(ready(()));
        late.join().unwrap();
        assert_eq!(Arc::strong_count(&nobody), 1);
    });
}

#[test]
fn a_run_dropped_unstarted_ends_for_other_threads() {
    loom::model(|| {
        let (runner, context) = run();
        let handle = context.spawn("task", pending::<()>());
        let joining = thread::spawn(|| block_on(handle));
        drop(runner);
        assert_eq!(joining.join().unwrap(), Err(Error::Closed));
    });
}

#[test]
fn a_handle_on_another_thread_hears_of_the_end_of_its_task() {
    loom::model(|| {
        let (runner, context) = run();
        let handle = context.spawn("task", ready(7));
        let join = move || assert_eq!(block_on(handle), Ok(7));
        let (joining, done) = waking(&context, join);
        runner.start(all(&[done]));
        joining.join().unwrap();
    });
}

#[test]
fn a_handle_that_moves_to_another_thread_wakes_who_waits_there() {
    loom::model(|| {
        let (runner, context) = run();
        let (nobody, mut handle) = waited_for(&context);
        let join = move || assert_eq!(block_on(&mut handle), Ok(7));
        let (joining, done) = waking(&context, join);
        runner.start(all(&[done]));
        joining.join().unwrap();
        assert_eq!(Arc::strong_count(&nobody), 1);
    });
}

#[test]
fn a_handle_that_waits_is_dropped_anywhere_in_its_task_and_keeps_nothing() {
    loom::model(|| {
        let (runner, context) = run();
        let (nobody, handle) = waited_for(&context);
        let (dropping, done) = waking(&context, move || drop(handle));
        runner.start(all(&[done]));
        dropping.join().unwrap();
        assert_eq!(Arc::strong_count(&nobody), 1);
    });
}

/// A task's handle, and who waits for it.
fn waited_for(context: &Context) -> (Arc<Nobody>, Handle<u8>) {
    let nobody = Arc::new(Nobody);
    let mut handle = context.spawn("task", ready(7));
    let waker = nobody.clone().into();
    let polled = Pin::new(&mut handle).poll(&mut Polling::from_waker(&waker));
    assert!(polled.is_pending());
    (nobody, handle)
}

#[test]
fn an_abort_from_another_thread_ends_a_task_anywhere_in_its_polls() {
    loom::model(|| {
        let (runner, context) = run();
        let gone = Arc::new(AtomicBool::new(false));
        let held = Held(gone.clone());
        let handle = context.spawn("task", async move {
            pending::<()>().await;
            drop(held);
        });
        let abort = move || {
            handle.abort();
            assert_eq!(block_on(handle), Err(Error::Aborted));
            assert!(gone.load(Relaxed));
        };
        let (aborting, done) = waking(&context, abort);
        runner.start(all(&[done]));
        aborting.join().unwrap();
    });
}

#[test]
fn a_task_spawned_and_aborted_by_another_thread_ends() {
    loom::model(|| {
        let (runner, context) = run();
        let spawner = context.clone();
        let abort = move || {
            let handle = spawner.spawn("late", pending::<()>());
            handle.abort();
            assert_eq!(block_on(handle), Err(Error::Aborted));
        };
        let (aborting, done) = waking(&context, abort);
        runner.start(all(&[done]));
        aborting.join().unwrap();
    });
}

#[test]
fn an_output_is_dropped_with_its_handle_whoever_is_first() {
    loom::model(|| {
        let (runner, context) = run();
        let (output, kept) = (Arc::new(()), Arc::new(Mutex::new(None)));
        let (yields, keeps) = (output.clone(), kept.clone());
        // Who keeps its waker keeps nothing of it.
        let task = poll_fn(move |cx| {
            *keeps.lock().unwrap() = Some(cx.waker().clone());
            Poll::Ready(yields.clone())
        });
        let handle = context.spawn("task", task);
        let (dropping, done) = waking(&context, move || drop(handle));
        runner.start(all(&[done]));
        dropping.join().unwrap();
        assert_eq!(Arc::strong_count(&output), 1);
        drop(kept);
    });
}
