//! Clocks and sleeps.

use super::{Backend, Flaw, Mutant};
use crate::defect::{audit, machine, machines, simulation, time};
use runtime_traits::{Clock, future::Timeout};
use std::{
    mem,
    pin::Pin,
    sync::{Arc, atomic::Ordering::SeqCst},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct Sleep<C: Clock> {
    clock: C,
    /// Made at the first poll, where it is made late.
    inner: Option<Pin<Box<C::Sleep>>>,
    duration: Duration,
    first: Option<Waker>,
    flaw: Arc<Flaw>,
}

impl<C: Backend> Mutant<C> {
    fn wrapped(&self, inner: Option<C::Sleep>, duration: Duration) -> Sleep<C> {
        Sleep {
            clock: self.inner.clone(),
            inner: inner.map(Box::pin),
            duration,
            first: None,
            flaw: self.flaw.clone(),
        }
    }

    fn is_over(&self, left: Option<Duration>) -> Option<Sleep<C>> {
        let never = left.is_none() && self.flaw.is(time::a_deadline_in_the_past_is_ready);
        let at_once =
            left > Some(365 * DAY) && self.flaw.is(time::a_deadline_in_the_far_future_never_ends);
        match (never, at_once) {
            (true, _) => Some(self.wrapped(Some(self.inner.sleep(Duration::MAX)), Duration::MAX)),
            (_, true) => Some(self.wrapped(Some(self.inner.sleep(Duration::ZERO)), Duration::ZERO)),
            _ => None,
        }
    }
}

impl<C: Backend> Clock for Mutant<C> {
    type Sleep = Sleep<C>;

    fn current(&self) -> SystemTime {
        self.inner.current()
    }

    fn monotonic(&self) -> Duration {
        let lost = self.flaw.ended() && self.flaw.is(time::clocks_outlive_their_run);
        assert!(!lost, "the run is over");
        let now = self.inner.monotonic();
        if self.flaw.is(time::monotonic_begins_a_day_after_its_origin) {
            return now - DAY;
        }
        if self.flaw.is(time::monotonic_never_goes_back) {
            return now - Duration::from_nanos(self.flaw.count() as u64);
        }
        if self.flaw.is_any(&[
            simulation::storage_takes_time,
            machines::a_message_between_machines_takes_time,
        ]) {
            return DAY;
        }
        let jumped = self.flaw.jumped.load(SeqCst);
        if jumped
            && self
                .flaw
                .is(machine::a_jump_of_the_wall_leaves_monotonic_alone)
        {
            return now + DAY;
        }
        if self
            .flaw
            .is(simulation::time_stands_still_while_a_task_is_ready)
        {
            return now + Duration::from_millis(self.flaw.count() as u64);
        }
        now
    }

    fn sleep(&self, duration: Duration) -> Sleep<C> {
        let slept = duration.as_nanos().to_le_bytes();
        self.flaw.note(audit::a_slept_time_shows, slept);
        if self.flaw.is(time::a_sleeps_deadline_is_fixed_at_the_call) {
            return self.wrapped(None, duration);
        }
        let early = self.flaw.is(time::a_sleep_never_ends_early);
        let duration = if early { duration / 2 } else { duration };
        let duration = match self.flaw.is(simulation::a_long_sleep_ends_at_its_deadline) {
            true => duration.min(Duration::from_millis(u32::MAX.into())),
            false => duration,
        };
        let over = self.is_over(Some(duration));
        over.unwrap_or_else(|| self.wrapped(Some(self.inner.sleep(duration)), duration))
    }

    fn sleep_until(&self, deadline: SystemTime) -> Sleep<C> {
        if self.flaw.is(time::sleep_until_waits_for_the_wall_clock) {
            return self.sleep(Duration::ZERO);
        }
        let over = self.is_over(deadline.duration_since(self.current()).ok());
        let inner = self.inner.sleep_until(deadline);
        over.unwrap_or_else(|| self.wrapped(Some(inner), DAY))
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> Sleep<C> {
        let now = self.inner.monotonic();
        if self
            .flaw
            .is(time::sleep_until_monotonic_waits_for_its_deadline)
        {
            return self.sleep(Duration::ZERO);
        }
        if self.flaw.is(time::deadlines_five_ms_apart_end_in_order) {
            return self.sleep(Duration::from_secs(1).saturating_sub(deadline - now));
        }
        let deadline = match self.flaw.defect {
            simulation::deadlines_end_in_exact_order => {
                Duration::from_millis(deadline.as_millis() as u64 + 1)
            }
            simulation::ties_end_in_seeded_order => {
                deadline + Duration::from_nanos(self.flaw.count() as u64)
            }
            _ => deadline,
        };
        let over = self.is_over(deadline.checked_sub(now));
        let inner = self.inner.sleep_until_monotonic(deadline);
        over.unwrap_or_else(|| self.wrapped(Some(inner), DAY))
    }

    fn timeout<F: Future>(&self, limit: Duration, future: F) -> Timeout<F, Sleep<C>> {
        let hasty = [
            time::a_ready_value_beats_the_limit,
            time::a_timeout_ends_at_its_limit,
        ];
        match self.flaw.is_any(&hasty) {
            true => Hasty(self.clone()).timeout(limit, future),
            false => Steady(self.clone()).timeout(limit, future),
        }
    }
}

macro_rules! limits {
    ($name:ident, $limit:expr) => {
        /// A clock for `timeout` alone, which waits as long as its limit says.
        #[derive(Clone)]
        struct $name<C>(Mutant<C>);

        impl<C: Backend> Clock for $name<C> {
            type Sleep = Sleep<C>;

            fn current(&self) -> SystemTime {
                self.0.current()
            }

            fn monotonic(&self) -> Duration {
                self.0.monotonic()
            }

            fn sleep(&self, limit: Duration) -> Sleep<C> {
                let choose: fn(Duration) -> Duration = $limit;
                self.0.sleep(choose(limit))
            }

            fn sleep_until(&self, deadline: SystemTime) -> Sleep<C> {
                self.0.sleep_until(deadline)
            }

            fn sleep_until_monotonic(&self, deadline: Duration) -> Sleep<C> {
                self.0.sleep_until_monotonic(deadline)
            }
        }
    };
}
limits!(Hasty, |_limit| Duration::ZERO);
limits!(Steady, |limit| limit);

impl<C: Clock> Future for Sleep<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.flaw.ended() && this.flaw.is(time::after_the_end_a_sleep_never_ends) {
            return Poll::Ready(());
        }
        let jumped = this.flaw.jumped.load(SeqCst);
        let waited = this.inner.is_some();
        if jumped && waited && this.flaw.is(machine::a_jump_of_the_wall_moves_no_sleep) {
            return Poll::Ready(());
        }
        if this.flaw.is(time::a_dropped_sleep_lets_go_of_its_waker) {
            mem::forget(cx.waker().clone());
        }
        let inner = this
            .inner
            .get_or_insert_with(|| Box::pin(this.clock.sleep(this.duration)));
        let first = this.first.get_or_insert_with(|| cx.waker().clone());
        let sticks = this
            .flaw
            .is(time::a_moved_sleep_keeps_its_wake_up_and_its_deadline);
        let waker = if sticks { &*first } else { cx.waker() };
        let polled = inner.as_mut().poll(&mut Context::from_waker(waker));
        // What is not stuck holds no waker of its own.
        if !sticks {
            this.first = None;
        }
        polled
    }
}

impl<C: Clock> Unpin for Sleep<C> {}
