//! The other door: a backend's own join state.

use crate::executor::{Wakes, poll_as};
use runtime_traits::{Error, Handle, Join};
use std::{
    sync::{
        Arc,
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
