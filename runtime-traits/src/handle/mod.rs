//! What a spawned task leaves with its spawner.

mod blocking;
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
    /// It is there only after the future was dropped: who joins a task may count on its destructors.
    ///
    /// # Panics
    /// It may panic when it is called again after it was ready.
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<T, Error>>;

    /// Asks the task to end, from any thread, any number of times. The future is dropped by its own
    /// task, never in this call: a caller may hold locks that its destructors take.
    fn abort(&self);

    /// Whether the task has ended, also once its output was taken.
    fn is_finished(&self) -> bool;

    /// The handle was dropped: nobody asks for the output any more, and it may be dropped. It is the
    /// last call, and comes also after the output was taken.
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

/// What a backend does with a task that panics, be it in a poll or in a destructor of its future. The
/// root's panic leaves [`Runner::start`](crate::Runner::start) under either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panics {
    /// The first panic ends the run and leaves [`Runner::start`](crate::Runner::start); later ones are
    /// logged. The default of the simulator.
    Propagate,
    /// A panic ends its task alone and is logged; the handle yields [`Error::Exited`]. The default of
    /// `runtime-tokio`. In the simulator it takes its whole host down, unless that is the root's.
    Catch,
}

/// A handle to a spawned task: a future of its output. Dropping it detaches the task.
///
/// | yields | when the task |
/// |---|---|
/// | its output | returned |
/// | [`Error::Aborted`] | was aborted, and its future has been dropped |
/// | [`Error::Exited`] | panicked, also while its future was dropped, or its host crashed |
/// | [`Error::Closed`] | was dropped at the end of the run, or spawned after it |
///
/// Once it yields, the task's future is gone, with all that it held. It may be moved to another task
/// while it waits, and lent as `&mut handle`, to wait for a while and then again. Two tasks that hold
/// each other's handle are freed at the end of the run.
///
/// Dropping it ends nothing. A task that must not outlive its spawner is aborted by it:
///
/// ```
/// use runtime_traits::Handle;
///
/// /// Ends its task when it is dropped.
/// struct Owned(Handle<()>);
///
/// impl Drop for Owned {
///     fn drop(&mut self) {
///         self.0.abort();
///     }
/// }
/// ```
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
    /// run, [`Error::Exited`] after a crash. It is called in the task's destructor.
    ///
    /// Abort, labels, counts and what is dropped where are done here. The executor's own part is to
    /// poll the task when it is woken, from any thread and at any time, and to drop it at the end.
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
    ///
    /// All of a backend's [`Spawner`](crate::Spawner), over a list of what its executor polls next:
    ///
    /// ```
    /// use runtime_traits::{Current, Error, Handle, Panics, Signal, Signaler, Spawner};
    /// use std::{pin::Pin, sync::{Arc, Mutex}};
    ///
    /// type Job = Pin<Box<dyn Future<Output = ()> + Send>>;
    ///
    /// #[derive(Clone)]
    /// struct Context(Arc<Run>);
    ///
    /// struct Run {
    ///     ready: Mutex<Vec<Job>>, // emptied at the end: a job holds a context, which holds this
    ///     signaler: Signaler,
    ///     signal: Signal,
    /// }
    ///
    /// impl Spawner for Context {
    ///     fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    ///     where
    ///         F: Future + Send + 'static,
    ///         F::Output: Send + 'static,
    ///     {
    ///         // Below the polled task's label, unless that task is another run's.
    ///         let ours = |polled: &Self| Arc::ptr_eq(&polled.0, &self.0);
    ///         let current = Current::child_where(label, ours)
    ///             .unwrap_or_else(|| Current::root(self.clone()).enter(|| Current::child(label)));
    ///         let (task, handle) =
    ///             Handle::new(current, future, Panics::Catch, || Error::Closed);
    ///         self.0.ready.lock().unwrap().push(Box::pin(task));
    ///         handle
    ///     }
    ///
    ///     fn stop(&self, value: i32) {
    ///         self.0.signaler.signal_shared(value);
    ///     }
    ///
    ///     fn stopped(&self) -> Signal {
    ///         self.0.signal.clone()
    ///     }
    /// }
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
    /// changes nothing once the task has ended: a poll that is under way and returns the output wins.
    ///
    /// It does not wait. The future is dropped by its own task, later; whoever needs that to have
    /// happened awaits the handle. Blocking work is not interrupted: see
    /// [`spawn_blocking`](crate::Spawner::spawn_blocking).
    pub fn abort(&self) {
        match &self.0 {
            Door::Shared(join) => join.abort(),
            Door::Own(join) => join.abort(),
            Door::At(join, place) => join.abort(place),
        }
    }

    /// Whether the task has ended, in whatever way. Blocking work that was aborted counts as ended,
    /// although it may run on.
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
