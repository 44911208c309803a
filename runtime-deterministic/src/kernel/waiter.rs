//! Who waits for something, and how the kernel comes to know them.
//!
//! A waker of somebody else's is cloned by their code, which may come back to the run: so it is cloned before
//! the kernel is borrowed, and woken and dropped after.

use super::{Kernel, Outbox, TaskId, Wait};
use crate::task;
use std::{
    mem,
    task::{Context, Waker},
};

/// Who waits for something: a task of this run by its number, or anybody by a waker.
pub(crate) enum Waiter {
    Task(TaskId),
    Other(Waker),
}

/// Who polls, taken down before the kernel is borrowed.
pub(crate) enum Poller<'a> {
    /// A task, whose waker is numbers alone.
    Task(&'a Waker),
    /// Anybody, by a clone.
    Other(Waker),
}

impl<'a> Poller<'a> {
    #[inline]
    pub(crate) fn of(cx: &Context<'a>) -> Self {
        match task::is_light(cx.waker()) {
            true => Self::Task(cx.waker()),
            false => Self::Other(cx.waker().clone()),
        }
    }

    fn waker(&self) -> &Waker {
        match self {
            Self::Task(waker) => waker,
            Self::Other(waker) => waker,
        }
    }

    /// The waker to keep, once.
    #[inline]
    pub(crate) fn take(&mut self) -> Waker {
        match mem::replace(self, Self::Task(Waker::noop())) {
            Self::Task(waker) => waker.clone(),
            Self::Other(waker) => waker,
        }
    }
}

impl Kernel {
    #[inline]
    pub(crate) fn tell(&mut self, waiter: Waiter) {
        match waiter {
            Waiter::Task(task) => self.wake(task),
            Waiter::Other(waker) => self.outbox.wake_later(waker),
        }
    }

    /// Whoever polls, by its number when it is the polled task. `wait` is what a report says that the task
    /// waits for. A poll asks once.
    #[inline]
    pub(crate) fn waiter(&mut self, poller: &mut Poller<'_>, wait: Wait) -> Waiter {
        self.waits(wait);
        match self.polled_by(poller.waker()) {
            Some(task) => Waiter::Task(task),
            None => Waiter::Other(poller.take()),
        }
    }

    /// What a report says that the polled task waits for.
    #[inline(always)]
    pub(crate) fn waits(&mut self, wait: Wait) {
        if let Some(task) = self.tasks.get(self.polled) {
            task.waits = wait;
        }
    }

    /// The polled task, if the waker is its.
    #[inline(always)]
    pub(crate) fn polled_by(&self, waker: &Waker) -> Option<TaskId> {
        let own = self.polling && task::wakes(waker, self.run, self.polled);
        own.then_some(self.polled)
    }

    /// Puts `waiter` where another may have waited.
    #[inline]
    pub(crate) fn replace(outbox: &mut Outbox, place: &mut Option<Waiter>, waiter: Waiter) {
        if let Some(Waiter::Other(waker)) = place.replace(waiter) {
            outbox.drop_later(waker);
        }
    }
}
