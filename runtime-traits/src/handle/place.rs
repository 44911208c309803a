//! Handles of tasks whose memory a backend counts by itself.

use crate::Error;
use std::{
    fmt,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
    task::{Context, Poll},
};

/// What handles do with tasks that lie at a place. For backends that count the two owners of a task's
/// memory by themselves, as a [`RawWakerVTable`](std::task::RawWakerVTable) is for wakers; see
/// [`Handle::at`](crate::Handle::at). The others have no use for it: they implement
/// [`Join`](crate::Join) or [`JoinMut`](crate::JoinMut).
///
/// Each call is with the place of a handle that was made with this, from any thread; [`detach`](Self::detach)
/// is the last, and comes once. A backend that follows the pointer therefore keeps its type to itself.
pub trait JoinAt<T>: Send + Sync {
    /// As [`Join::poll_join`](crate::Join::poll_join).
    ///
    /// # Panics
    /// It may panic when it is called again after it was ready.
    fn poll_join(&self, place: &mut JoinPlace, cx: &mut Context<'_>) -> Poll<Result<T, Error>>;

    /// As [`Join::abort`](crate::Join::abort).
    fn abort(&self, place: &JoinPlace);

    /// As [`Join::is_finished`](crate::Join::is_finished).
    fn is_finished(&self, place: &JoinPlace) -> bool;

    /// The handle was dropped.
    fn detach(&self, place: &mut JoinPlace);
}

/// Where the task of a handle lies. Handles alone make one.
pub struct JoinPlace(AtomicPtr<()>);

impl JoinPlace {
    pub(super) fn new(pointer: *mut ()) -> Self {
        Self(AtomicPtr::new(pointer))
    }

    /// What the handle was made with.
    #[inline]
    pub fn pointer(&self) -> *mut () {
        self.0.load(Relaxed)
    }
}

impl fmt::Debug for JoinPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinPlace").finish_non_exhaustive()
    }
}
