//! What the kernel leaves for when it is released: it is other people's code.

use super::{Kernel, Name, Shared, local};
use crate::{host::Lives, task::Body};
use runtime_traits::Signaler;
use std::{
    any::Any,
    mem,
    sync::{Arc, Mutex, PoisonError},
    task::Waker,
};

/// What is to be woken and dropped once the kernel is released: it is other people's code.
#[derive(Default)]
pub(crate) struct Outbox {
    pub(super) wakes: Vec<Waker>,
    calls: Vec<Call>,
    drops: Vec<Box<dyn Any + Send>>,
    bodies: Vec<(Body, Name)>,
}

enum Call {
    Signal(Arc<Mutex<Signaler>>, i32),
    Boot(Arc<dyn Lives>, u32),
}

impl Outbox {
    pub(crate) fn drop_later(&mut self, value: impl Any + Send) {
        self.drops.push(Box::new(value));
    }

    pub(crate) fn signal_later(&mut self, signaler: Arc<Mutex<Signaler>>, value: i32) {
        self.calls.push(Call::Signal(signaler, value));
    }

    /// Ends a task unfinished.
    pub(super) fn close_later(&mut self, body: Body, name: Name) {
        self.bodies.push((body, name));
    }

    /// Starts what a life of a host runs.
    pub(crate) fn boot_later(&mut self, lives: Arc<dyn Lives>, life: u32) {
        self.calls.push(Call::Boot(lives, life));
    }

    pub(super) fn is_empty(&self) -> bool {
        let Self {
            wakes,
            calls,
            drops,
            bodies,
        } = self;
        wakes.is_empty() && calls.is_empty() && drops.is_empty() && bodies.is_empty()
    }

    pub(super) fn take(&mut self) -> Self {
        mem::take(self)
    }

    pub(super) fn deliver(self, shared: &Shared) {
        self.wakes.into_iter().for_each(Waker::wake);
        for call in self.calls {
            match call {
                Call::Signal(signaler, value) => {
                    let mut signaler = signaler.lock().unwrap_or_else(PoisonError::into_inner);
                    signaler.signal(value);
                }
                Call::Boot(lives, life) => lives.begin(life),
            }
        }
        for (mut body, name) in self.bodies {
            if let Some(payload) = body.as_mut().close() {
                let told = |kernel: &mut Kernel| kernel.panicked_when_dropped(&name, payload);
                local::with(shared, told);
            }
        }
        drop(self.drops);
    }
}
