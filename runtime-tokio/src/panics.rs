//! What becomes of a panic: a log line, or a way to `start`.

use crate::sync::{Mutex, MutexGuard};
use runtime_traits::panics::{Payload, forget};
use std::{
    sync::PoisonError,
    task::{Context, Waker},
};

/// A panic, and the label of the task or work that panicked.
pub(crate) struct Panic {
    pub(crate) label: String,
    pub(crate) payload: Payload,
}

/// The panic that is on its way to `start`, and whom to wake there.
#[derive(Default)]
pub(crate) struct Carried(Mutex<Slot>);

#[derive(Default)]
struct Slot {
    panic: Option<Panic>,
    root: Option<Waker>,
    taken: bool,
}

impl Carried {
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the first panic to `start`; gives any later one back.
    pub(crate) fn carry(&self, panic: Panic) -> Result<(), Panic> {
        let root = {
            let mut slot = self.lock();
            if slot.taken || slot.panic.is_some() {
                return Err(panic);
            }
            slot.panic = Some(panic);
            slot.root.take()
        };
        root.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// The panic, or a promise to wake the root when there is one.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Option<Panic> {
        let mut slot = self.lock();
        if slot.panic.is_some() {
            slot.taken = true;
            return slot.panic.take();
        }
        let known = slot.root.as_ref();
        if known.is_none_or(|waker| !waker.will_wake(cx.waker())) {
            slot.root = Some(cx.waker().clone());
        }
        None
    }

    /// The panic that came too late for the root. None is carried from now on.
    pub(crate) fn close(&self) -> Option<Panic> {
        let mut slot = self.lock();
        slot.taken = true;
        slot.panic.take()
    }
}

impl Panic {
    /// Says so in the log, with the label. That is all that becomes of it.
    pub(crate) fn log(self) {
        let text = self.payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| self.payload.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("a payload that is no text");
        tracing::error!(label = self.label, panic = text, "panicked");
        forget(self.payload);
    }
}

#[cfg(loom)]
#[path = "panics/models.rs"]
mod models;
