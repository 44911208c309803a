//! A spawned future on its way through tokio, and what its handle holds. A panic is reported here, with
//! the task's label and in its span.

use crate as runtime;
use pin_project_lite::pin_project;
use runtime_traits::{
    Current, Error, Handle, JoinMut,
    panics::{Payload, catching, first},
};
use std::{
    mem,
    panic::resume_unwind,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    task::{Context, Poll, ready},
    thread,
};
use tokio::task::JoinHandle;
use tracing::Span;

pin_project! {
    /// Polls and drops a future as its task. It is gone before its handle resolves, and uncounted:
    /// tokio keeps the output alone.
    pub(crate) struct Task<F> {
        #[pin]
        future: Option<F>,
        current: Current,
        span: Span,
        place: Option<u64>,
    }

    impl<F> PinnedDrop for Task<F> {
        fn drop(mut this: Pin<&mut Self>) {
            let released = this.as_mut().release();
            let this = this.project();
            let current = mem::take(this.current);
            match *this.place {
                Some(place) => current.end(|context: &runtime::Context| context.run().leave(place)),
                None => drop(current),
            }
            if !released && !thread::panicking() {
                resume_unwind(Box::new(Reported));
            }
        }
    }
}

/// What unwinds after a report, to tell the handle.
struct Reported;

impl<F> Task<F> {
    /// The context that `current` carries is that of the run. `place` is the task's among those
    /// that the end of the run drops one by one.
    pub(crate) fn new(current: Current, span: Span, place: Option<u64>, future: F) -> Self {
        Self {
            future: Some(future),
            current,
            span,
            place,
        }
    }

    /// Drops the future; whether that went without a panic.
    fn release(self: Pin<&mut Self>) -> bool {
        let mut this = self.project();
        if this.future.is_none() {
            return true;
        }
        let span = this.span;
        this.current.enter(|| {
            let _entered = span.enter();
            catching(|| this.future.set(None)).map_err(report).is_ok()
        })
    }
}

/// A panic of the task that is being polled or dropped.
fn report(payload: Payload) {
    if let Some(context) = Current::context::<runtime::Context>() {
        context.run().panicked(&Current::label(), payload);
    }
}

impl<F: Future> Future for Task<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.as_mut().project();
        let span = this.span;
        let polled = this.current.enter(|| {
            let _entered = span.enter();
            let poll = || {
                let Some(future) = this.future.as_mut().as_pin_mut() else {
                    return Poll::Pending;
                };
                let output = ready!(future.poll(cx));
                // The output is not unwound through: its destructor may panic as well.
                let dropped = catching(|| this.future.set(None));
                Poll::Ready(first(Ok(output), dropped).unwrap_or_else(|panic| resume_unwind(panic)))
            };
            catching(poll).map_err(report)
        });
        polled.unwrap_or_else(|()| {
            self.release();
            resume_unwind(Box::new(Reported))
        })
    }
}

/// What the handle of a task holds.
struct Joined<T> {
    task: JoinHandle<T>,
    aborted: AtomicBool,
}

/// The handle of a task that tokio runs.
pub(crate) fn handle<T: Send + 'static>(task: JoinHandle<T>) -> Handle<T> {
    let aborted = AtomicBool::new(false);
    let joined: Box<dyn JoinMut<T>> = Box::new(Joined { task, aborted });
    Handle::from(joined)
}

impl<T: Send> JoinMut<T> for Joined<T> {
    fn poll_join(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        Poll::Ready(match ready!(Pin::new(&mut self.task).poll(cx)) {
            Ok(output) => Ok(output),
            Err(error) if error.is_panic() => Err(Error::Exited),
            Err(_) if self.aborted.load(SeqCst) => Err(Error::Aborted),
            Err(_) => Err(Error::Closed),
        })
    }

    fn abort(&self) {
        // What the end of the run has dropped was not aborted.
        if !self.task.is_finished() {
            self.aborted.store(true, SeqCst);
            self.task.abort();
        }
    }

    fn is_finished(&self) -> bool {
        self.task.is_finished()
    }
}

/// The handle of a task that came too late for its run, and is dropped here.
pub(crate) fn refuse<F: Future<Output: Send + 'static>>(task: Task<F>) -> Handle<F::Output> {
    let dropped = catching(|| drop(task));
    let refused = Refused(dropped.map_or(Error::Exited, |()| Error::Closed));
    let refused: Box<dyn JoinMut<F::Output>> = Box::new(refused);
    Handle::from(refused)
}

struct Refused(Error);

impl<T> JoinMut<T> for Refused {
    fn poll_join(&mut self, _: &mut Context<'_>) -> Poll<Result<T, Error>> {
        Poll::Ready(Err(self.0.clone()))
    }

    fn abort(&self) {}

    fn is_finished(&self) -> bool {
        true
    }
}
