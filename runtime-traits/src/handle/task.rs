//! The half of a spawned future that a backend runs.

use super::{Panics, shared::Shared};
use crate::{
    Current, Error,
    panics::{Payload, catching, first, forget},
};
use std::{
    fmt,
    panic::resume_unwind,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// What [`Handle::new`](crate::Handle::new) gives to the backend: poll it until it is ready.
///
/// The future is boxed: an `async` block around it would double its size. It is dropped inside its
/// `Current` before the handle resolves.
#[must_use = "a task does nothing unless polled, and closes its handle when dropped"]
pub struct Task<F: Future, D: Fn() -> Error> {
    work: Option<Work<F>>,
    panics: Panics,
    dropped: D,
    waker: Option<Waker>,
    shared: Arc<Shared<F::Output>>,
}

struct Work<F> {
    current: Current,
    future: Pin<Box<F>>,
}

impl<F: Future, D: Fn() -> Error> Task<F, D> {
    pub(super) fn new(
        current: Current,
        future: F,
        panics: Panics,
        dropped: D,
        shared: Arc<Shared<F::Output>>,
    ) -> Self {
        let work = Some(Work {
            current,
            future: Box::pin(future),
        });
        Self {
            work,
            panics,
            dropped,
            waker: None,
            shared,
        }
    }

    fn poll_work(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Result<F::Output, Error>, Payload>> {
        let Some(Work { current, future }) = &mut self.work else {
            return Poll::Pending;
        };
        if self.shared.is_aborted() {
            return Poll::Ready(Ok(Err(Error::Aborted)));
        }
        let poll = || current.enter(|| future.as_mut().poll(cx));
        match catching(poll) {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(Ok(output))),
            Ok(Poll::Pending) => {
                self.watch(cx.waker());
                Poll::Pending
            }
            Err(payload) => Poll::Ready(Err(payload)),
        }
    }

    fn watch(&mut self, waker: &Waker) {
        if self
            .waker
            .as_ref()
            .is_none_or(|known| !known.will_wake(waker))
        {
            self.waker = Some(waker.clone());
            self.shared.run_by(waker);
        }
    }

    /// Drops the future as its task, then uncounts the task, then resolves the handle. Returns what
    /// it panicked with first.
    fn end(&mut self, result: Result<Result<F::Output, Error>, Payload>) -> Option<Payload> {
        let Work {
            mut current,
            future,
        } = self.work.take()?;
        let drops = catching(|| current.enter(|| drop(future)));
        drop(current);
        let (result, ended) = match first(result, drops) {
            Ok(result) => (result, Ok(())),
            Err(payload) => (Err(Error::Exited), Err(payload)),
        };
        let told = catching(|| drop(self.shared.finish(result)));
        first(ended, told).err()
    }
}

impl<F: Future, D: Fn() -> Error> Future for Task<F, D> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.work.is_some() {
            let result = std::task::ready!(this.poll_work(cx));
            match this.end(result) {
                Some(payload) if this.panics == Panics::Propagate => resume_unwind(payload),
                caught => caught.into_iter().for_each(forget),
            }
        }
        Poll::Ready(())
    }
}

impl<F: Future, D: Fn() -> Error> Drop for Task<F, D> {
    fn drop(&mut self) {
        if self.work.is_some() {
            let error = (self.dropped)();
            // A panic in a destructor that runs in a destructor would abort the process.
            self.end(Ok(Err(error))).into_iter().for_each(forget);
        }
    }
}

// The future is pinned in its box; nothing here is pinned with the task.
impl<F: Future, D: Fn() -> Error> Unpin for Task<F, D> {}

impl<F: Future, D: Fn() -> Error> fmt::Debug for Task<F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("finished", &self.work.is_none())
            .finish_non_exhaustive()
    }
}
