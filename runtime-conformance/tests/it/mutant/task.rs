//! A task's future: polled with the wrong waker, dropped in the wrong place, or not at all.

use super::{Flaw, draw, runner::loaded_dice};
use crate::defect::{audit, neighbours, panics, runs, select, simulation, tasks};
use runtime_traits::Current;
use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker, ready},
};

pub(super) struct Task<F> {
    body: Body<F>,
    flaw: Arc<Flaw>,
    /// What the future takes for its own task, where that is not what it is.
    guise: Option<Current>,
    delay: Option<Delay>,
    pub(super) polled: Arc<AtomicBool>,
    number: usize,
}

type Body<F> = Arc<Mutex<Option<Pin<Box<F>>>>>;

pub(super) type Delay = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<F: Future + Send + 'static> Task<F> {
    /// The task, and what drops its future from outside.
    pub(super) fn new(
        flaw: Arc<Flaw>,
        label: &str,
        delay: Option<Delay>,
        future: F,
    ) -> (Self, impl Fn() + Send + Sync + use<F>) {
        let body: Body<F> = Arc::new(Mutex::new(Some(Box::pin(future))));
        let number = flaw.tasks.fetch_add(1, SeqCst);
        let (held, polled) = (Arc::downgrade(&body), Arc::default());
        let guise = match flaw.defect {
            select::select_is_fair_in_a_task => Some(loaded_dice()),
            simulation::the_same_seed_has_the_same_winners => {
                Some(Current::root(()).with_order(draw))
            }
            neighbours::a_task_is_of_the_run_that_spawned_it => Some(Current::child(label)),
            _ => None,
        };
        let task = Self {
            body,
            flaw,
            guise,
            delay,
            polled,
            number,
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
        match &mut self.guise {
            Some(guise) => guise.enter(|| future.as_mut().poll(cx)),
            None => future.as_mut().poll(cx),
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
        let number = self.number.to_le_bytes();
        self.flaw.note(audit::the_order_of_tasks_shows, number);
        if let Some(delay) = &mut self.delay {
            ready!(delay.as_mut().poll(cx));
            self.delay = None;
        }
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
        if flaw.is(simulation::a_task_that_wakes_itself_twice_is_polled_once) {
            let _ = self.poll_with(cx.waker());
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
