//! How a task ends when nobody interferes, and what its handle then says.

use super::{Log, Logged, spawn};
use crate::executor::{Wakes, block_on, poll_as, poll_once, waker};
use runtime_traits::{Current, Error, Handle, Panics, Tasks};
use std::{
    sync::{Arc, Mutex},
    task::Poll,
    thread,
};

#[test]
fn the_handle_yields_the_output() {
    let (mut task, mut handle) = spawn(async { "output" });
    assert_eq!(poll_once(&mut handle), Poll::Pending);
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Ok("output")));
}

#[test]
fn is_finished_says_when_the_task_has_ended() {
    let (mut task, mut handle) = spawn(Logged::new(&Log::default(), 2));
    assert!(!handle.is_finished());
    assert_eq!(poll_once(&mut task), Poll::Pending);
    assert!(!handle.is_finished());
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert!(handle.is_finished());
    assert_eq!(poll_once(&mut handle), Poll::Ready(Ok(7)));
    assert!(handle.is_finished());
}

#[test]
fn the_task_that_asked_last_is_woken_once_the_output_is_there() {
    let (mut task, mut handle) = spawn(async { 7 });
    let (first, first_waker) = Wakes::counted();
    let (last, last_waker) = Wakes::counted();
    assert_eq!(poll_as(&mut handle, &first_waker), Poll::Pending);
    assert_eq!(poll_as(&mut handle, &last_waker), Poll::Pending);
    assert_eq!(poll_as(&mut handle, &last_waker), Poll::Pending);
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!((first.count(), last.count()), (0, 1));
}

#[test]
fn the_future_is_dropped_by_its_task_before_the_handle_is_woken() {
    let log = Log::default();
    let (mut task, mut handle) = spawn(Logged::new(&log, 1));
    let woken = log.clone();
    let waker = waker(move || woken.add("woken"), || ());
    assert_eq!(poll_as(&mut handle, &waker), Poll::Pending);
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(log.entries(), ["polled", "dropped as \"task\"", "woken"]);
}

#[test]
fn a_finished_task_stays_finished() {
    let log = Log::default();
    let (mut task, _handle) = spawn(Logged::new(&log, 1));
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(log.entries(), ["polled", "dropped as \"task\""]);
}

#[test]
fn a_dropped_handle_detaches_its_task() {
    let log = Log::default();
    let (mut task, handle) = spawn(Logged::new(&log, 2));
    assert_eq!(poll_once(&mut task), Poll::Pending);
    drop(handle);
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(log.entries(), ["polled", "polled", "dropped as \"task\""]);
}

#[test]
fn a_task_dropped_unfinished_tells_its_handle_what_the_backend_says() {
    for (error, polls) in [
        (Error::Closed, 0),
        (Error::Closed, 1),
        (Error::Exited, 0),
        (Error::Exited, 1),
    ] {
        let (log, said) = (Log::default(), error.clone());
        let (mut task, mut handle) = Handle::new(
            Current::child("task"),
            Logged::new(&log, 9),
            Panics::Catch,
            move || said.clone(),
        );
        let (wakes, waker) = Wakes::counted();
        assert_eq!(poll_as(&mut handle, &waker), Poll::Pending);
        for _ in 0..polls {
            assert_eq!(poll_once(&mut task), Poll::Pending);
        }
        drop(task);
        assert_eq!(wakes.count(), 1);
        assert_eq!(log.entries().last().unwrap(), "dropped as \"task\"");
        assert_eq!(poll_once(&mut handle), Poll::Ready(Err(error)));
    }
}

#[test]
fn a_finished_task_is_dropped_without_asking_the_backend() {
    let (mut task, mut handle) = Handle::new(
        Current::child("task"),
        async { 7 },
        Panics::Catch,
        || -> Error { panic!("asked for a task that had finished") },
    );
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    drop(task);
    assert_eq!(poll_once(&mut handle), Poll::Ready(Ok(7)));
}

#[test]
fn a_task_is_not_counted_as_running_when_its_handle_is_woken() {
    let tasks = Tasks::new();
    let mut root = Current::root(()).with_tasks(tasks.clone());
    let (mut task, mut handle) = root.enter(|| spawn(async {}));
    assert_eq!(running(&tasks), 1);
    let seen = Arc::new(Mutex::new(None));
    let (see, counted) = (seen.clone(), tasks.clone());
    let waker = waker(
        move || *see.lock().unwrap() = Some(running(&counted)),
        || (),
    );
    assert_eq!(poll_as(&mut handle, &waker), Poll::Pending);
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(*seen.lock().unwrap(), Some(0));
}

fn running(tasks: &Tasks) -> u64 {
    tasks.counts().iter().map(|count| count.running).sum()
}

#[test]
#[should_panic(expected = "a handle was polled after it had resolved")]
fn a_handle_polled_after_it_resolved_says_so() {
    let (mut task, mut handle) = spawn(async {});
    assert_eq!(poll_once(&mut task), Poll::Ready(()));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Ok(())));
    let _ = poll_once(&mut handle);
}

#[test]
fn tasks_that_wait_on_each_other_are_freed_with_their_wakers() {
    let (wakes, task_waker) = Wakes::counted();
    let (mut task, mut handle) = spawn(std::future::pending::<()>());
    assert_eq!(poll_as(&mut task, &task_waker), Poll::Pending);
    assert_eq!(poll_as(&mut handle, &task_waker), Poll::Pending);
    drop((task, task_waker));
    assert_eq!(Arc::strong_count(&wakes), 1);
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Closed)));
}

#[test]
fn a_handle_may_wait_on_another_thread() {
    for _ in 0..200 {
        let (mut task, handle) = spawn(async { 7 });
        let waiting = thread::spawn(|| block_on(handle));
        assert_eq!(poll_once(&mut task), Poll::Ready(()));
        assert_eq!(waiting.join().unwrap(), Ok(7));
    }
}
