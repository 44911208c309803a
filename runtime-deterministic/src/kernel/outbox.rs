//! What the kernel leaves for when it is released: it is other people's code.

use super::{Kernel, Run, local};
use crate::{
    host::{Kept, Lives},
    task::Job,
};
use runtime_traits::Signaler;
use std::{any::Any, mem, sync::Arc, task::Waker};

/// What is to be woken and dropped once the kernel is released: it is other people's code.
#[derive(Default)]
pub(crate) struct Outbox {
    /// Whether there is anything, at the price of one load.
    waiting: bool,
    wakes: Vec<Waker>,
    calls: Vec<Call>,
    drops: Vec<Box<dyn Any + Send>>,
    jobs: Vec<Job>,
    boots: Vec<Kept>,
}

enum Call {
    Signal(Signaler, i32),
    Boot(Arc<dyn Lives>, u32),
}

impl Outbox {
    pub(super) fn wake_later(&mut self, waker: Waker) {
        self.waiting = true;
        self.wakes.push(waker);
    }

    /// What is to be woken, for its order to be drawn.
    pub(super) fn wakes(&mut self) -> &mut [Waker] {
        &mut self.wakes
    }

    pub(crate) fn drop_later(&mut self, value: impl Any + Send) {
        self.waiting = true;
        self.drops.push(Box::new(value));
    }

    pub(crate) fn signal_later(&mut self, signaler: Signaler, value: i32) {
        self.waiting = true;
        self.calls.push(Call::Signal(signaler, value));
    }

    /// Ends a task unfinished.
    pub(super) fn end_later(&mut self, job: Job) {
        self.waiting = true;
        self.jobs.push(job);
    }

    /// Starts what a life of a host runs.
    pub(crate) fn boot_later(&mut self, lives: Arc<dyn Lives>, life: u32) {
        self.waiting = true;
        self.calls.push(Call::Boot(lives, life));
    }

    pub(crate) fn drop_boots(&mut self, boots: impl Iterator<Item = Kept>) {
        self.boots.extend(boots);
        self.waiting |= !self.boots.is_empty();
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        !self.waiting
    }

    pub(super) fn take(&mut self) -> Self {
        mem::take(self)
    }

    pub(super) fn deliver(self, run: Run) {
        self.wakes.into_iter().for_each(Waker::wake);
        for call in self.calls {
            match call {
                Call::Signal(mut signaler, value) => signaler.signal(value),
                Call::Boot(lives, life) => lives.begin(life),
            }
        }
        for mut job in self.jobs {
            if let Some(failure) = job.end(None) {
                let told = |kernel: &mut Kernel| kernel.panicked_when_dropped(*failure);
                local::with_run(run, told);
            }
        }
        drop((self.drops, self.boots));
    }
}
