//! A spawned future, as the kernel keeps it and the runner polls it.
//!
//! [`Handle::new`] would do. A task of the simulator's own takes two allocations, this one and the
//! [`Joint`], and its handle can say who waits for it.

mod joint;

use crate::{Context, kernel::TaskId};
use joint::Joint;
use pin_project_lite::pin_project;
use runtime_traits::{Current, Error, Handle};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{self, Poll, Waker},
};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// A task's future, whatever its type.
pub(crate) type Body = Pin<Box<dyn Work>>;

/// What a task does. When it has ended it has dropped its future as itself, and then resolved its
/// handle; what it panicked with is returned.
pub(crate) trait Work: Send {
    /// It has become this task: its waker.
    fn admit(&self, task: TaskId) -> Waker;
    /// Goes on.
    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Payload>>;
    /// Ends it unfinished.
    fn close(self: Pin<&mut Self>) -> Option<Payload>;
}

/// Makes a task of `future`, on the host of `context`, and its handle.
pub(crate) fn new<F>(context: Context, current: Current, future: F) -> (Body, Handle<F::Output>)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let joint = Arc::new(Joint::new(context));
    let task = Task {
        current: Some(current),
        future: Some(future),
        joint: joint.clone(),
    };
    (Box::pin(task), Handle::from(joint as Arc<_>))
}

pin_project! {
    struct Task<F: Future> {
        current: Option<Current>,
        #[pin]
        future: Option<F>,
        joint: Arc<Joint<F::Output>>,
    }

    impl<F: Future> PinnedDrop for Task<F> {
        /// It was never taken in, or its run is over.
        fn drop(this: Pin<&mut Self>) {
            drop(this.unfinished());
        }
    }
}

type Outcome<T> = Result<Result<T, Error>, Payload>;

impl<F: Future> Task<F> {
    fn go_on(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Outcome<F::Output>> {
        let this = self.project();
        if this.joint.is_aborted() {
            return Poll::Ready(Ok(Err(Error::Aborted)));
        }
        let (Some(current), Some(future)) = (this.current, this.future.as_pin_mut()) else {
            return Poll::Pending;
        };
        let poll = || {
            future.poll(cx).map(|output| match this.joint.ended() {
                None => Ok(output),
                // It brought its own host down.
                Some(error) => {
                    drop(output);
                    Err(error)
                }
            })
        };
        match catch_unwind(AssertUnwindSafe(|| current.enter(poll))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    }

    /// Drops the future as its task, then uncounts the task, then resolves the handle.
    fn end(self: Pin<&mut Self>, outcome: Outcome<F::Output>) -> Option<Payload> {
        let mut this = self.project();
        let mut current = this.current.take()?;
        let drops = catching(|| current.enter(|| this.future.set(None)));
        drop(current);
        let outcome = outcome.and_then(|result| drops.map(|()| result));
        let (result, payload) = match outcome {
            Ok(result) => (result, None),
            Err(payload) => (Err(Error::Exited), Some(payload)),
        };
        let unwanted = this.joint.finish(result);
        payload.or(catching(|| drop(unwanted)).err())
    }

    fn unfinished(self: Pin<&mut Self>) -> Option<Payload> {
        let error = self.joint.ended().unwrap_or(Error::Closed);
        self.end(Ok(Err(error)))
    }
}

fn catching(f: impl FnOnce()) -> Result<(), Payload> {
    catch_unwind(AssertUnwindSafe(f))
}

impl<F> Work for Task<F>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn admit(&self, task: TaskId) -> Waker {
        self.joint.admit(task);
        Waker::from(self.joint.clone())
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Payload>> {
        self.as_mut().go_on(cx).map(|outcome| self.end(outcome))
    }

    fn close(self: Pin<&mut Self>) -> Option<Payload> {
        self.unfinished()
    }
}
