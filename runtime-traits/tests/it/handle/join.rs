//! The join state: a backend's own, and who waits for it.

use super::spawn;
use crate::executor::{Wakes, ends, poll_as, poll_once, waker};
use runtime_traits::{Error, Handle, Join, JoinAt, JoinMut, JoinPlace};
use std::{
    future::pending,
    ptr,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll},
};

/// Aborted at the second request, and finished once it was aborted.
struct Own {
    aborts: AtomicUsize,
    drops: Arc<AtomicUsize>,
}

impl Join<u8> for Own {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<u8, Error>> {
        if self.is_finished() {
            return Poll::Ready(Err(Error::Aborted));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn abort(&self) {
        self.aborts.fetch_add(1, SeqCst);
    }

    fn is_finished(&self) -> bool {
        self.aborts.load(SeqCst) >= 2
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.drops.fetch_add(1, SeqCst);
    }
}

/// Of tasks that a backend keeps by their numbers, which are their places.
struct Numbered(Arc<Mutex<Vec<(&'static str, usize)>>>);

impl Numbered {
    fn note(&self, call: &'static str, place: &JoinPlace) -> usize {
        let number = place.pointer().addr();
        self.0.lock().unwrap().push((call, number));
        number
    }
}

impl JoinAt<usize> for Numbered {
    fn poll_join(&self, place: &mut JoinPlace, _: &mut Context<'_>) -> Poll<Result<usize, Error>> {
        Poll::Ready(Ok(self.note("poll", place)))
    }

    fn abort(&self, place: &JoinPlace) {
        self.note("abort", place);
    }

    fn is_finished(&self, place: &JoinPlace) -> bool {
        self.note("finished", place) == 8
    }

    fn detach(&self, place: &mut JoinPlace) {
        self.note("detach", place);
    }
}

#[test]
fn a_handle_asks_its_backend_about_the_place_that_it_was_made_with() {
    let calls = Arc::default();
    let at = |number| {
        let numbered = Box::new(Numbered(Arc::clone(&calls)));
        Handle::at(numbered, ptr::without_provenance_mut(number))
    };
    let (mut seven, eight) = (at(7), at(8));
    assert_eq!(poll_once(&mut seven), Poll::Ready(Ok(7)));
    seven.abort();
    drop(seven);
    assert!(eight.is_finished());
    drop(eight);
    let expected = [
        ("poll", 7),
        ("abort", 7),
        ("detach", 7),
        ("finished", 8),
        ("detach", 8),
    ];
    assert_eq!(*calls.lock().unwrap(), expected);
}

#[test]
fn a_handle_is_its_backends_join_state() {
    let drops = Arc::default();
    let own = Own {
        drops: Arc::clone(&drops),
        aborts: AtomicUsize::new(0),
    };
    let mut handle = Handle::from(Arc::new(own) as Arc<dyn Join<u8>>);
    let (wakes, waker) = Wakes::counted();
    handle.abort();
    assert!(!handle.is_finished());
    assert_eq!(poll_as(&mut handle, &waker), Poll::Pending);
    assert_eq!(wakes.count(), 1);
    handle.abort();
    assert!(handle.is_finished());
    assert_eq!(
        poll_as(&mut handle, &waker),
        Poll::Ready(Err(Error::Aborted))
    );
    drop(handle);
    assert_eq!(drops.load(SeqCst), 1);
}

/// The same, which the handle alone holds.
struct Alone(Own);

impl JoinMut<u8> for Alone {
    fn poll_join(&mut self, cx: &mut Context<'_>) -> Poll<Result<u8, Error>> {
        self.0.poll_join(cx)
    }

    fn abort(&self) {
        self.0.abort();
    }

    fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

#[test]
fn a_handle_may_hold_its_join_state_alone() {
    let drops = Arc::default();
    let own = Own {
        drops: Arc::clone(&drops),
        aborts: AtomicUsize::new(0),
    };
    let mut handle = Handle::from(Box::new(Alone(own)) as Box<dyn JoinMut<u8>>);
    let (wakes, waker) = Wakes::counted();
    handle.abort();
    assert!(!handle.is_finished());
    assert_eq!(poll_as(&mut handle, &waker), Poll::Pending);
    assert_eq!(wakes.count(), 1);
    handle.abort();
    assert!(handle.is_finished());
    assert_eq!(
        poll_as(&mut handle, &waker),
        Poll::Ready(Err(Error::Aborted))
    );
    drop(handle);
    assert_eq!(drops.load(SeqCst), 1);
}

#[test]
fn a_waiting_waker_may_come_back_when_it_is_replaced() {
    ends(|| {
        let (task, mut handle) = spawn(pending::<()>());
        let task = Mutex::new(Some(task));
        let first = waker(|| (), move || drop(task.lock().unwrap().take()));
        assert_eq!(poll_as(&mut handle, &first), Poll::Pending);
        drop(first);
        // The waker goes, and with it the task.
        assert_eq!(poll_once(&mut handle), Poll::Pending);
        assert_eq!(poll_once(&mut handle), Poll::Ready(Err(Error::Closed)));
    });
}

#[test]
fn a_waiting_waker_may_come_back_when_it_is_woken() {
    ends(|| {
        let (mut task, mut handle) = spawn(async {});
        let own: Arc<OnceLock<Handle<()>>> = Arc::default();
        let seen = own.clone();
        let waiting = waker(move || assert!(seen.get().unwrap().is_finished()), || ());
        assert_eq!(poll_as(&mut handle, &waiting), Poll::Pending);
        own.set(handle).unwrap();
        assert_eq!(poll_once(&mut task), Poll::Ready(()));
    });
}
