//! Spawning, handles, and `stop`.

use super::{
    Backend, Flaw, Mutant, STOPPED,
    task::{Delay, Task},
};
use crate::defect::{audit, machine, neighbours, panics, runs, simulation, tasks};
use runtime_traits::{Current, Error, Handle, Join, Signal, Signaler, Spawner};
use std::{
    future::pending,
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};

impl<C: Backend> Mutant<C> {
    fn handle<T: Send + 'static>(
        &self,
        inner: Handle<T>,
        is_blocking: bool,
        polled: Arc<AtomicBool>,
        kill: impl Fn() + Send + Sync + 'static,
    ) -> Handle<T> {
        let join: Arc<dyn Join<T>> = Arc::new(Joint {
            inner: Mutex::new(inner),
            flaw: self.flaw.clone(),
            is_blocking,
            polled,
            aborted: AtomicBool::new(false),
            kill: Box::new(kill),
        });
        join.into()
    }

    /// Whether this is a place where the mutant's tasks never run.
    fn is_barren(&self) -> bool {
        let flaw = &self.flaw;
        let early = !flaw.started.load(SeqCst);
        flaw.is_any(&[
            tasks::a_task_starts_without_being_awaited,
            tasks::reschedule_gives_way,
        ]) || flaw.is(runs::a_context_works_before_start) && early
            || flaw.is(runs::a_context_works_from_any_thread) && thread::current().id() != flaw.home
    }
}

impl<C: Backend> Spawner for Mutant<C> {
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.flaw.note(audit::a_label_shows, label);
        let turn = match self.flaw.defect {
            simulation::ready_tasks_run_in_seeded_order => Some(Duration::from_nanos(1)),
            simulation::storage_awaits_interleave => Some(Duration::from_secs(1)),
            _ => None,
        };
        let delay = turn.map(|turn| {
            let turn = turn * self.flaw.count() as u32;
            Box::pin(self.inner.sleep(turn)) as Delay
        });
        let (mut task, kill) = Task::new(self.flaw.clone(), label, delay, future);
        if self.flaw.ended() && self.flaw.is(runs::after_the_end_no_task_runs) {
            let _ = Pin::new(&mut task).poll(&mut Context::from_waker(std::task::Waker::noop()));
        }
        let polled = task.polled.clone();
        let spawn = || match self.is_barren() {
            true => self.inner.spawn(label, pending()),
            false => self.inner.spawn(label, task),
        };
        let inner = match self.flaw.is(tasks::labels_nest_by_task) {
            true => Current::root(()).enter(spawn),
            false => spawn(),
        };
        self.handle(inner, false, polled, kill)
    }

    fn spawn_blocking<F, T>(&self, label: &str, work: F) -> Handle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let disguises = self
            .flaw
            .is(panics::a_propagated_panic_of_blocking_work_leaves_start);
        let work = move || {
            catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| match disguises {
                true => panic!("some panic"),
                false => resume_unwind(payload),
            })
        };
        let spawn = || self.inner.spawn_blocking(label, work);
        let inner = match self.flaw.is(tasks::blocking_work_has_its_label) {
            true => Current::root(()).enter(spawn),
            false => spawn(),
        };
        self.handle(inner, true, Arc::default(), || ())
    }

    fn stop(&self, value: i32) {
        self.flaw.stops.lock().unwrap().push(value);
        STOPPED.set(Some(value));
        self.inner.stop(value);
    }

    fn stopped(&self) -> Signal {
        let last = self.flaw.stops.lock().unwrap().last().copied();
        let (mut signaler, signal) = Signaler::new();
        let heard = self.flaw.is(neighbours::stop_is_told_to_its_own_run_alone);
        match last.or(STOPPED.get().filter(|_| heard)) {
            Some(value) if heard => signaler.signal(value),
            Some(value) if self.flaw.is(runs::the_first_value_of_stop_wins) => {
                signaler.signal(value);
            }
            Some(value) if self.flaw.is(runs::after_the_end_stopped_is_closed) => {
                signaler.signal(value);
            }
            Some(_) if self.flaw.is(runs::stopped_resolves_at_once_after_stop) => {
                mem::forget(signaler);
            }
            _ => return self.inner.stopped(),
        }
        signal
    }
}

struct Joint<T> {
    inner: Mutex<Handle<T>>,
    flaw: Arc<Flaw>,
    is_blocking: bool,
    polled: Arc<AtomicBool>,
    aborted: AtomicBool,
    kill: Box<dyn Fn() + Send + Sync>,
}

impl<T> Joint<T> {
    fn falsified(&self, result: Result<T, Error>) -> Result<T, Error> {
        let flaw = &self.flaw;
        let loses = match self.is_blocking {
            true => tasks::blocking_work_yields_its_value,
            false => tasks::a_handle_yields_what_its_task_returned,
        };
        match result {
            Ok(_) if flaw.is(loses) => Err(Error::Exited),
            Err(Error::Closed)
                if flaw.is_any(&[
                    runs::after_the_end_handles_are_closed,
                    runs::dropping_a_runner_ends_its_run,
                    neighbours::a_runner_may_be_dropped_inside_a_run,
                ]) =>
            {
                Err(Error::Exited)
            }
            Err(Error::Exited)
                if flaw.is_any(&[
                    machine::a_crash_ends_its_tasks_with_exited,
                    panics::a_caught_panic_ends_its_task_alone,
                    panics::a_caught_panic_of_blocking_work_ends_it_alone,
                ]) =>
            {
                Err(Error::Closed)
            }
            result => result,
        }
    }
}

impl<T: Send> Join<T> for Joint<T> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        if self.aborted.load(SeqCst) {
            if self.flaw.is_any(&[
                tasks::a_handle_yields_aborted_only_after_its_future_was_dropped,
                tasks::abort_after_completion_changes_nothing,
            ]) {
                return Poll::Ready(Err(Error::Aborted));
            }
            if self
                .flaw
                .is(tasks::aborted_blocking_work_resolves_and_runs_on)
            {
                return Poll::Pending;
            }
        }
        let polled = Pin::new(&mut *self.inner.lock().unwrap()).poll(cx);
        polled.map(|result| self.falsified(result))
    }

    fn abort(&self) {
        self.aborted.store(true, SeqCst);
        self.flaw.note(audit::an_abort_shows, "");
        let early = !self.polled.load(SeqCst);
        if early
            && self
                .flaw
                .is(tasks::abort_is_idempotent_and_may_come_before_the_first_poll)
        {
            return;
        }
        if self
            .flaw
            .is(tasks::an_aborted_future_is_dropped_by_its_own_task)
        {
            (self.kill)();
        }
        self.inner.lock().unwrap().abort();
    }

    fn is_finished(&self) -> bool {
        self.flaw.is(tasks::is_finished_tells_when_a_task_has_ended)
            || self.inner.lock().unwrap().is_finished()
    }
}

impl<T> Drop for Joint<T> {
    fn drop(&mut self) {
        if self.flaw.is(tasks::dropping_a_handle_detaches_its_task) {
            self.inner.lock().unwrap().abort();
        }
    }
}
