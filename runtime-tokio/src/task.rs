//! A spawned future that reports its panics, in its span. It knows nothing of handles.

use crate::run::Run;
use pin_project_lite::pin_project;
use runtime_traits::Current;
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread,
};
use tracing::Span;

pin_project! {
    /// Polled and dropped as its task, so that a panic is reported with the task's label.
    pub(crate) struct Watched<F> {
        #[pin]
        future: Option<F>,
        run: Arc<Run>,
        span: Span,
    }

    impl<F> PinnedDrop for Watched<F> {
        fn drop(this: Pin<&mut Self>) {
            this.release();
        }
    }
}

impl<F> Watched<F> {
    pub(crate) fn new(run: Arc<Run>, span: Span, future: F) -> Self {
        let future = Some(future);
        Self { future, run, span }
    }

    fn release(self: Pin<&mut Self>) {
        let mut this = self.project();
        let _entered = this.span.enter();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| this.future.set(None))) {
            this.run.panicked(&Current::label(), payload);
            if !thread::panicking() {
                resume_unwind(Box::new(Reported));
            }
        }
    }
}

/// What unwinds after a report, to tell the handle.
struct Reported;

impl<F: Future> Future for Watched<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _entered = this.span.enter();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        catch_unwind(AssertUnwindSafe(|| future.poll(cx))).unwrap_or_else(|payload| {
            this.run.panicked(&Current::label(), payload);
            resume_unwind(Box::new(Reported))
        })
    }
}
