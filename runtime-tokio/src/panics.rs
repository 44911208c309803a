//! What becomes of a panic: a log line, or a way to `start`.

use std::{
    any::Any,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

pub(crate) type Payload = Box<dyn Any + Send>;

/// The panic that is on its way to `start`, and whom to wake there.
#[derive(Default)]
pub(crate) struct Carried(Mutex<Slot>);

#[derive(Default)]
struct Slot {
    payload: Option<Payload>,
    root: Option<Waker>,
    taken: bool,
}

impl Carried {
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the first payload to `start`; gives any later one back.
    pub(crate) fn carry(&self, payload: Payload) -> Result<(), Payload> {
        let root = {
            let mut slot = self.lock();
            if slot.taken || slot.payload.is_some() {
                return Err(payload);
            }
            slot.payload = Some(payload);
            slot.root.take()
        };
        root.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// The payload, or a promise to wake the root when there is one.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Option<Payload> {
        let mut slot = self.lock();
        if slot.payload.is_some() {
            slot.taken = true;
            return slot.payload.take();
        }
        let known = slot.root.as_ref();
        if known.is_none_or(|waker| !waker.will_wake(cx.waker())) {
            slot.root = Some(cx.waker().clone());
        }
        None
    }

    /// The payload that came too late for the root. None is carried from now on.
    pub(crate) fn close(&self) -> Option<Payload> {
        let mut slot = self.lock();
        slot.taken = true;
        slot.payload.take()
    }
}

/// Says in the log that the task or work labelled `label` panicked.
pub(crate) fn log(label: &str, payload: &Payload) {
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a payload that is no text");
    tracing::error!(label, panic = message, "panicked");
}
