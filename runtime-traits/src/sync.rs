//! The locks and atomics that threads share: std's, and loom's in the models (`models.rs` beside the
//! code that each is of). `Arc` stays std's: nothing here counts on the order in which it is dropped.

#[cfg(not(all(loom, test)))]
pub(crate) use std::sync::{Mutex, MutexGuard, OnceLock, atomic};

#[cfg(all(loom, test))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};

/// Loom has none: std's, with an atomic in front that loom sees.
#[cfg(all(loom, test))]
pub(crate) struct OnceLock<T> {
    value: std::sync::OnceLock<T>,
    told: atomic::AtomicBool,
}

#[cfg(all(loom, test))]
impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        let (value, told) = (std::sync::OnceLock::new(), atomic::AtomicBool::new(false));
        Self { value, told }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        let told = self.told.load(atomic::Ordering::Acquire);
        told.then(|| self.value.get()).flatten()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        self.value.set(value)?;
        self.told.store(true, atomic::Ordering::Release);
        Ok(())
    }

    /// Who has it alone needs no atomic.
    pub(crate) fn take(&mut self) -> Option<T> {
        self.value.take()
    }
}
