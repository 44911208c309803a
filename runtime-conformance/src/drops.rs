//! A value that tells when and where it is dropped.

use runtime_traits::Current;
use std::sync::{Arc, Mutex, PoisonError};

/// Put it into a future; its [`Fate`] tells what became of it.
pub(crate) struct Guard(Arc<Mutex<Option<String>>>);

/// What became of a [`Guard`].
#[derive(Clone, Default)]
pub(crate) struct Fate(Arc<Mutex<Option<String>>>);

impl Guard {
    pub(crate) fn new() -> (Self, Fate) {
        let fate = Fate::default();
        (Self(fate.0.clone()), fate)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Current::label());
    }
}

impl Fate {
    pub(crate) fn is_dropped(&self) -> bool {
        self.label().is_some()
    }

    /// The label of the task that dropped the guard.
    pub(crate) fn label(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
