//! Tasks that panic: while they run, and in the destructors of their futures.

use crate::{executor::poll_once, panics::Nested};
use runtime_traits::{Current, Error, Handle, Panics, future::Task};
use std::{
    any::Any,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind},
    pin::Pin,
    task::{Context, Poll},
};

/// Ready with 7, pending or panicking when it is polled; panics when it is dropped, if told so.
struct Panicking {
    polled: Polled,
    dropped: bool,
}

#[derive(Clone, Copy)]
enum Polled {
    Ready,
    Pending,
    Panics,
}

impl Future for Panicking {
    type Output = u8;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u8> {
        match self.polled {
            Polled::Ready => Poll::Ready(7),
            Polled::Pending => Poll::Pending,
            Polled::Panics => panic_any("from poll"),
        }
    }
}

impl Drop for Panicking {
    fn drop(&mut self) {
        if self.dropped {
            panic_any("from drop");
        }
    }
}

type Spawned = (Task<Panicking, fn() -> Error>, Handle<u8>);

fn spawn(polled: Polled, dropped: bool, panics: Panics) -> Spawned {
    let future = Panicking { polled, dropped };
    Handle::new(Current::child("task"), future, panics, || Error::Closed)
}

fn poll_caught<F: Future + Unpin>(future: &mut F) -> Result<Poll<F::Output>, &'static str> {
    let text = |payload: Box<dyn Any + Send>| *payload.downcast::<&'static str>().unwrap();
    catch_unwind(AssertUnwindSafe(|| poll_once(future))).map_err(text)
}

#[test]
fn a_caught_panic_ends_its_task_alone() {
    let (mut task, mut handle) = spawn(Polled::Panics, false, Panics::Catch);
    assert_eq!(poll_caught(&mut task), Ok(Poll::Ready(())));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
}

#[test]
fn a_propagated_panic_leaves_the_poll_with_the_handle_resolved() {
    let (mut task, mut handle) = spawn(Polled::Panics, false, Panics::Propagate);
    assert_eq!(poll_caught(&mut task), Err("from poll"));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
    assert_eq!(poll_caught(&mut task), Ok(Poll::Ready(())));
}

#[test]
fn a_panic_in_the_destructor_after_the_output_is_a_panic_of_the_task() {
    let (mut task, mut handle) = spawn(Polled::Ready, true, Panics::Catch);
    assert_eq!(poll_caught(&mut task), Ok(Poll::Ready(())));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));

    let (mut task, mut handle) = spawn(Polled::Ready, true, Panics::Propagate);
    assert_eq!(poll_caught(&mut task), Err("from drop"));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
}

#[test]
fn a_panic_in_the_destructor_after_an_abort_is_a_panic_of_the_task() {
    let (mut task, mut handle) = spawn(Polled::Pending, true, Panics::Propagate);
    handle.abort();
    assert_eq!(poll_caught(&mut task), Err("from drop"));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
}

#[test]
fn of_two_panics_the_first_leaves_the_poll() {
    let (mut task, mut handle) = spawn(Polled::Panics, true, Panics::Propagate);
    assert_eq!(poll_caught(&mut task), Err("from poll"));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
}

#[test]
fn a_panic_in_the_destructor_does_not_leave_the_tasks_own_destructor() {
    for panics in [Panics::Catch, Panics::Propagate] {
        let (mut task, mut handle) = spawn(Polled::Pending, true, panics);
        assert_eq!(poll_caught(&mut task), Ok(Poll::Pending));
        drop(task);
        assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
    }
}

#[test]
fn a_panic_leaves_no_task_current() {
    let mut root = Current::root("context");
    root.enter(|| {
        let (mut task, _handle) = spawn(Polled::Panics, true, Panics::Propagate);
        assert_eq!(poll_caught(&mut task), Err("from poll"));
        assert_eq!(Current::label(), "");
        assert_eq!(Current::context::<&str>(), Some("context"));
    });
}

#[test]
fn a_task_may_be_dropped_while_its_thread_panics() {
    let (mut task, mut handle) = spawn(Polled::Pending, true, Panics::Propagate);
    assert_eq!(poll_caught(&mut task), Ok(Poll::Pending));
    let result = catch_unwind(AssertUnwindSafe(move || {
        let _task = task;
        panic_any("from the backend")
    }));
    let payload = result.map(|(): ()| ()).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"from the backend"));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
}

#[test]
fn a_waiting_future_without_a_panic_is_dropped_quietly() {
    let (mut task, mut handle): (Task<_, fn() -> Error>, _) = Handle::new(
        Current::child("task"),
        pending::<()>(),
        Panics::Propagate,
        || Error::Closed,
    );
    assert_eq!(poll_caught(&mut task), Ok(Poll::Pending));
    drop(task);
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Closed)));
}

/// Ready with what cannot be dropped, and cannot be dropped itself.
struct Worst;

impl Future for Worst {
    type Output = Nested;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Nested> {
        Poll::Ready(Nested)
    }
}

impl Drop for Worst {
    fn drop(&mut self) {
        panic_any("from drop");
    }
}

#[test]
fn an_output_that_panics_after_the_destructor_leaves_the_first_panic_and_the_handle_resolved() {
    for (panics, leaves) in [
        (Panics::Propagate, Err("from drop")),
        (Panics::Catch, Ok(Poll::Ready(()))),
    ] {
        let current = Current::child("task");
        let (mut task, mut handle) = Handle::new(current, Worst, panics, || Error::Closed);
        assert_eq!(poll_caught(&mut task), leaves);
        let joined = poll_once(&mut handle).map(|result| result.err());
        assert_eq!(joined, Poll::Ready(Some(Error::Exited)));
    }
}

#[test]
fn what_a_caught_panic_carries_is_let_go() {
    let panicking = async { resume_unwind(Box::new(Nested)) };
    let current = Current::child("task");
    let (mut task, mut handle) =
        Handle::<()>::new(current, panicking, Panics::Catch, || Error::Closed);
    assert_eq!(poll_caught(&mut task), Ok(Poll::Ready(())));
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
    let held = Nested;
    let waiting = async move {
        pending::<()>().await;
        drop(held);
    };
    let (task, mut handle) = Handle::new(Current::child("task"), waiting, Panics::Catch, || {
        Error::Closed
    });
    drop(task);
    assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Exited)));
}
