//! Aborting: at every moment, from every place, as often as one likes.

use super::{Log, Logged, spawn};
use crate::executor::{Wakes, block_on, ends, poll_as, poll_once, waker};
use runtime_traits::{Error, Handle, Signal, Spawner};
use std::{
    future::{pending, poll_fn},
    sync::{Arc, Mutex, OnceLock},
    task::{Poll, Waker},
    thread,
};

#[test]
fn an_abort_before_the_first_poll_keeps_the_future_from_running() {
    let log = Log::default();
    let (mut task, mut handle) = spawn(Logged::new(&log, 1));
    handle.abort();
    assert_eq!(log.entries(), [""; 0]);
    assert_eq!(poll_once(&mut handle), Poll::Pending);
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(log.entries(), ["dropped as \"task\""]);
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Aborted)));
}

#[test]
fn an_abort_of_a_waiting_task_wakes_it_and_leaves_the_drop_to_it() {
    let log = Log::default();
    let (mut task, mut handle) = spawn(Logged::new(&log, 9));
    let (wakes, task_waker) = Wakes::counted();
    let woken = log.clone();
    let join_waker = waker(move || woken.add("woken"), || ());
    assert_eq!(poll_as(&mut task, &task_waker), Poll::Pending);
    assert_eq!(poll_as(&mut handle, &join_waker), Poll::Pending);

    handle.abort();
    assert_eq!(wakes.count(), 1);
    assert_eq!(log.entries(), ["polled"]);
    assert!(!handle.is_finished());
    assert_eq!(poll_as(&mut handle, &join_waker), Poll::Pending);

    assert_eq!(poll_as(&mut task, &task_waker), Poll::Ready(()));
    assert_eq!(log.entries(), ["polled", "dropped as \"task\"", "woken"]);
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Aborted)));
}

#[test]
fn an_abort_wakes_the_waker_of_the_last_poll() {
    let (mut task, handle) = spawn(pending::<()>());
    let (first, first_waker) = Wakes::counted();
    let (last, last_waker) = Wakes::counted();
    assert_eq!(poll_as(&mut task, &first_waker), Poll::Pending);
    assert_eq!(poll_as(&mut task, &last_waker), Poll::Pending);
    assert_eq!(Arc::strong_count(&first), 2);
    handle.abort();
    assert_eq!((first.count(), last.count()), (0, 1));
}

#[test]
fn an_abort_after_the_end_changes_nothing() {
    let (mut task, mut handle) = spawn(async { 7 });
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    handle.abort();
    assert_eq!(poll_once(&mut handle), Poll::Ready(Ok(7)));
    handle.abort();
}

#[test]
fn a_second_abort_changes_nothing() {
    let log = Log::default();
    let (mut task, mut handle) = spawn(Logged::new(&log, 9));
    assert_eq!(poll_once(&mut task), Poll::Pending);
    handle.abort();
    handle.abort();
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    handle.abort();
    assert_eq!(log.entries(), ["polled", "dropped as \"task\""]);
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Aborted)));
}

/// The abort finds no waker yet: the task must notice by itself.
#[test]
fn an_abort_during_the_first_poll_wakes_the_task() {
    let own: Arc<OnceLock<Handle<()>>> = Arc::default();
    let seen = own.clone();
    let (mut task, handle) = spawn(poll_fn(move |_| {
        seen.get().unwrap().abort();
        Poll::Pending
    }));
    own.set(handle).unwrap();
    let (wakes, task_waker) = Wakes::counted();
    assert_eq!(poll_as(&mut task, &task_waker), Poll::Pending);
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll_as(&mut task, &task_waker), Poll::Ready(()));
    let mut handle = Arc::into_inner(own).unwrap().into_inner().unwrap();
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Aborted)));
}

#[test]
fn an_output_beats_an_abort_during_the_same_poll() {
    let own: Arc<OnceLock<Handle<u8>>> = Arc::default();
    let seen = own.clone();
    let (mut task, handle) = spawn(poll_fn(move |_| {
        seen.get().unwrap().abort();
        Poll::Ready(7)
    }));
    own.set(handle).unwrap();
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    let mut handle = Arc::into_inner(own).unwrap().into_inner().unwrap();
    assert_eq!(poll_once(&mut handle), Poll::Ready(Ok(7)));
}

#[test]
fn the_future_is_dropped_before_its_handle_is_finished() {
    struct Look(Arc<Mutex<Option<Handle<()>>>>, Log);
    impl Drop for Look {
        fn drop(&mut self) {
            let handle = self.0.lock().unwrap();
            let finished = handle.as_ref().unwrap().is_finished();
            self.1.add(format!("dropped, finished: {finished}"));
        }
    }
    let (log, own) = (Log::default(), Arc::default());
    let look = Look(Arc::clone(&own), log.clone());
    let (mut task, handle) = spawn(async move {
        let _look = look;
        pending::<()>().await
    });
    *own.lock().unwrap() = Some(handle);
    assert_eq!(poll_once(&mut task), Poll::Pending);
    own.lock().unwrap().as_ref().unwrap().abort();
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(log.entries(), ["dropped, finished: false"]);
}

#[test]
fn an_abort_from_another_thread_is_never_lost() {
    for _ in 0..500 {
        let (task, handle) = spawn(pending::<()>());
        let running = thread::spawn(|| block_on(task));
        handle.abort();
        running.join().unwrap();
        assert_eq!(block_on(handle), Err(Error::Aborted));
    }
}

/// A waker that comes back to the handle when it is woken and when it is dropped.
fn returning(handle: &Arc<Handle<()>>) -> Waker {
    let (woken, dropped) = (handle.clone(), handle.clone());
    let look = |handle: &Handle<()>| drop(format!("{handle:?}"));
    waker(move || look(&woken), move || look(&dropped))
}

#[test]
fn a_tasks_waker_may_come_back_to_the_handle() {
    ends(|| {
        let (mut task, handle) = spawn(pending::<()>());
        let handle = Arc::new(handle);
        assert_eq!(poll_as(&mut task, &returning(&handle)), Poll::Pending);
        // Replaced: dropped.
        assert_eq!(poll_as(&mut task, &returning(&handle)), Poll::Pending);
        // Woken, and dropped at the end.
        handle.abort();
        assert_eq!(poll_once(&mut task), Poll::Ready(()));
        drop(task);
        assert!(handle.is_finished());
    });
}

/// Spawns what is never polled, as work that does not end.
#[derive(Clone)]
struct Stuck(Arc<Mutex<Vec<Box<dyn Send>>>>);

impl Spawner for Stuck {
    fn spawn<F>(&self, _: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (task, handle) = spawn(future);
        self.0.lock().unwrap().push(Box::new(task));
        handle
    }

    fn stop(&self, _: i32) {}

    fn stopped(&self) -> Signal {
        unreachable!("nobody asks")
    }
}

#[test]
fn an_abort_of_blocking_work_wakes_at_once_who_waited_last() {
    let context = Stuck(Arc::default());
    let mut work = context.spawn_blocking("work", || 7);
    let (first, first_waker) = Wakes::counted();
    let (last, last_waker) = Wakes::counted();
    assert_eq!(poll_as(&mut work, &first_waker), Poll::Pending);
    assert_eq!(poll_as(&mut work, &last_waker), Poll::Pending);
    work.abort();
    work.abort();
    assert_eq!((first.count(), last.count()), (0, 1));
    assert_eq!(poll_once(&mut work), Poll::Ready(Err(Error::Aborted)));
}
