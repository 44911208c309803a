//! What a spawned task leaves with its spawner.

#[cfg(all(loom, test))]
mod models;
mod place;
mod shared;
mod task;

pub use place::{JoinAt, JoinPlace};
pub use task::Task;

use crate::{Current, Error};
use shared::Shared;
use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// The state that a task and its handle share. For backends whose task, waker and join state are
/// one allocation; see [`JoinMut`], [`JoinAt`] and [`Handle::new`] for the others.
pub trait Join<T>: Send + Sync {
    /// The task's output, once. The last task to ask is woken when it is there.
    ///
    /// # Panics
    /// It may panic when it is called again after it was ready.
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<T, Error>>;

    /// Asks the task to end. The future is dropped by its own task, never in this call.
    fn abort(&self);

    /// Whether the task has ended.
    fn is_finished(&self) -> bool;

    /// The handle was dropped: nobody asks for the output any more, and it may be dropped.
    fn detach(&self) {}
}

/// What a handle alone holds of its task, and so polls without a lock. For backends on a runtime with
/// join handles of its own. Dropped, it detaches the task.
pub trait JoinMut<T>: Send + Sync {
    /// As [`Join::poll_join`].
    ///
    /// # Panics
    /// It may panic when it is called again after it was ready.
    fn poll_join(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, Error>>;

    /// As [`Join::abort`].
    fn abort(&self);

    /// As [`Join::is_finished`].
    fn is_finished(&self) -> bool;
}

/// What a backend does with a task that panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panics {
    /// The first panic leaves [`Runner::start`](crate::Runner::start).
    Propagate,
    /// A panic ends its task alone; the handle yields [`Error::Exited`].
    Catch,
}

/// A handle to a spawned task: a future of its output. Dropping it detaches the task.
///
/// | yields | when the task |
/// |---|---|
/// | its output | returned |
/// | [`Error::Aborted`] | was aborted, and its future has been dropped |
/// | [`Error::Exited`] | panicked, or its host crashed |
/// | [`Error::Closed`] | was dropped at the end of the run |
///
/// # Panics
/// When it is polled again after it resolved.
pub struct Handle<T>(Door<T>);

enum Door<T> {
    Shared(Arc<dyn Join<T>>),
    Own(Box<dyn JoinMut<T>>),
    At(Box<dyn JoinAt<T>>, JoinPlace),
}

impl<T: Send + 'static> Handle<T> {
    /// Splits `future` into a task, which a backend runs to its end on any executor, and a handle.
    ///
    /// `current` is what the task carries. `panics` says whether a panic of the future leaves the
    /// task's `poll` or stops there; the handle yields [`Error::Exited`] either way. `dropped` says
    /// what the handle yields when the task is dropped unfinished: [`Error::Closed`] at the end of a
    /// run, [`Error::Exited`] after a crash.
    ///
    /// ```
    /// use runtime_traits::{Current, Error, Handle, Panics};
    /// # use std::{pin::pin, task::{Context, Poll, Waker}};
    /// # fn run<F: Future>(future: F) -> F::Output {
    /// #     let mut cx = Context::from_waker(Waker::noop());
    /// #     match pin!(future).poll(&mut cx) { Poll::Ready(output) => output, _ => panic!() }
    /// # }
    /// let future = async { 1 + 1 };
    /// let (task, handle) =
    ///     Handle::new(Current::child("sum"), future, Panics::Catch, || Error::Closed);
    /// run(task);
    /// assert_eq!(run(handle), Ok(2));
    /// ```
    pub fn new<F, D>(current: Current, future: F, panics: Panics, dropped: D) -> (Task<F, D>, Self)
    where
        F: Future<Output = T>,
        D: Fn() -> Error,
    {
        let shared = Arc::new(Shared::default());
        let task = Task::new(current, future, panics, dropped, shared.clone());
        (task, Self(Door::Shared(shared)))
    }
}

impl<T> Handle<T> {
    /// Asks the task to end at its next `await`. Idempotent; it may come before the first poll, and
    /// changes nothing once the task has ended.
    pub fn abort(&self) {
        match &self.0 {
            Door::Shared(join) => join.abort(),
            Door::Own(join) => join.abort(),
            Door::At(join, place) => join.abort(place),
        }
    }

    /// Whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        match &self.0 {
            Door::Shared(join) => join.is_finished(),
            Door::Own(join) => join.is_finished(),
            Door::At(join, place) => join.is_finished(place),
        }
    }
}

impl<T> Handle<T> {
    /// The handle of a task that lies at `place`, to which `join` knows the way. In a box that is empty
    /// it takes no memory.
    pub fn at(join: Box<dyn JoinAt<T>>, place: *mut ()) -> Self {
        Self(Door::At(join, JoinPlace::new(place)))
    }
}

impl<T> From<Arc<dyn Join<T>>> for Handle<T> {
    fn from(join: Arc<dyn Join<T>>) -> Self {
        Self(Door::Shared(join))
    }
}

impl<T> From<Box<dyn JoinMut<T>>> for Handle<T> {
    fn from(join: Box<dyn JoinMut<T>>) -> Self {
        Self(Door::Own(join))
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        match &mut self.0 {
            Door::Shared(join) => join.detach(),
            Door::Own(_) => {}
            Door::At(join, place) => join.detach(place),
        }
    }
}

impl<T> Future for Handle<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Door::Shared(join) => join.poll_join(cx),
            Door::Own(join) => join.poll_join(cx),
            Door::At(join, place) => join.poll_join(place, cx),
        }
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("finished", &self.is_finished())
            .finish()
    }
}
