//! The locks and atomics that threads share: std's, and loom's in the models (`models.rs` beside the
//! code that each is of). `Arc` stays std's: nothing here counts on the order in which it is dropped.

#[cfg(not(all(loom, test)))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic};

#[cfg(all(loom, test))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};
