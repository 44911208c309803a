//! What the kernel leaves for when it is released: it is other people's code.

use super::{Kernel, Run, local};
use crate::{
    host::{Boot, Lives},
    task::Job,
};
use runtime_traits::{
    Signaler,
    panics::{self, forget},
};
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

/// What the kernel kept of a host: what begins its lives, and what they call.
type Kept = (Option<Arc<dyn Lives>>, Option<Boot>);

enum Call {
    Signal(Arc<Signaler>, i32),
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

    pub(crate) fn signal_later(&mut self, signaler: Arc<Signaler>, value: i32) {
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

    /// All of it, whatever of it panics: the first panic goes on once the rest is done.
    pub(super) fn deliver(self, run: Run) {
        let (mut wakes, mut calls) = (self.wakes.into_iter(), self.calls.into_iter());
        let (mut jobs, mut drops) = (self.jobs.into_iter(), self.drops.into_iter());
        let mut boots = self.boots.into_iter();
        panics::despite(|| {
            wakes.by_ref().for_each(Waker::wake);
            calls.by_ref().for_each(Call::make);
            jobs.by_ref().for_each(|job| end(job, run));
            drops.by_ref().for_each(drop);
            boots.by_ref().for_each(drop_both);
        });
    }
}

impl Call {
    fn make(self) {
        match self {
            Self::Signal(signaler, value) => signaler.signal_shared(value),
            Self::Boot(lives, life) => lives.begin(life),
        }
    }
}

fn drop_both((mut lives, mut boot): Kept) {
    panics::despite(|| {
        drop(lives.take());
        drop(boot.take());
    });
}

fn end(mut job: Job, run: Run) {
    if let Some(failure) = job.end(None) {
        let (payload, name) = *failure;
        let mut payload = Some(payload);
        let told = |kernel: &mut Kernel| kernel.panicked_when_dropped(&mut payload, &name);
        local::with_run(run, told);
        payload.into_iter().for_each(forget);
    }
}
