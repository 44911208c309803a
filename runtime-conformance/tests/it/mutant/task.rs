//! A task's future: polled with the wrong waker, dropped in the wrong place, or not at all.

use super::{Flaw, runner::loaded_dice};
use crate::defect::{panics, runs, select, tasks};
use runtime_traits::Current;
use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

pub(super) struct Task<F> {
    body: Body<F>,
    flaw: Arc<Flaw>,
    dice: Current,
    pub(super) polled: Arc<AtomicBool>,
}

type Body<F> = Arc<Mutex<Option<Pin<Box<F>>>>>;

impl<F: Future + Send + 'static> Task<F> {
    /// The task, and what drops its future from outside.
    pub(super) fn new(flaw: Arc<Flaw>, future: F) -> (Self, impl Fn() + Send + Sync + 'static) {
        let body: Body<F> = Arc::new(Mutex::new(Some(Box::pin(future))));
        let (held, dice, polled) = (Arc::downgrade(&body), loaded_dice(), Arc::default());
        let task = Self {
            body,
            flaw,
            dice,
            polled,
        };
        let kill = move || {
            let body = held.upgrade().and_then(|body| body.lock().unwrap().take());
            drop(body);
        };
        (task, kill)
    }

    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(future) = body.as_mut() else {
            return Poll::Pending;
        };
        match self.flaw.is(select::select_is_fair_in_a_task) {
            true => self.dice.enter(|| future.as_mut().poll(cx)),
            false => future.as_mut().poll(cx),
        }
    }

    fn poll_with(&mut self, waker: &Waker) -> Poll<F::Output> {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            self.poll_body(&mut Context::from_waker(waker))
        }));
        match polled {
            Ok(polled) => polled,
            Err(_) if self.flaw.is(panics::a_propagated_panic_leaves_start) => Poll::Pending,
            Err(payload) => resume_unwind(payload),
        }
    }
}

impl<F: Future + Send + 'static> Future for Task<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.polled.store(true, SeqCst);
        let flaw = self.flaw.clone();
        if flaw.is(runs::stop_kills_no_task) && !flaw.stops.lock().unwrap().is_empty() {
            return Poll::Pending;
        }
        if flaw.is(tasks::a_task_may_wake_itself_repeatedly) {
            return self.poll_with(Waker::noop());
        }
        if flaw.is(runs::a_waker_kept_past_the_end_is_harmless) {
            let then = cx.waker().clone();
            return self.poll_with(&Waker::from(Arc::new(Mortal { flaw, then })));
        }
        self.poll_with(cx.waker())
    }
}

impl<F> Drop for Task<F> {
    fn drop(&mut self) {
        let body = self
            .body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if self.flaw.is_any(&[
            runs::tasks_are_dropped_when_the_root_returns,
            runs::tasks_that_wait_on_each_other_are_freed,
        ]) {
            mem::forget(body);
        } else if self.flaw.is(tasks::a_future_is_dropped_as_its_task) {
            Current::default().enter(|| drop(body));
        }
    }
}

/// A waker that must not be used after the end.
struct Mortal {
    flaw: Arc<Flaw>,
    then: Waker,
}

impl Wake for Mortal {
    fn wake(self: Arc<Self>) {
        assert!(!self.flaw.ended(), "the executor is gone");
        self.then.wake_by_ref();
    }
}
