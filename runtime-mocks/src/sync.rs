//! The lock that both ends share: std's, and loom's in `channel/models.rs`.

#[cfg(not(all(loom, test)))]
pub(crate) use std::sync::{Mutex, MutexGuard};

#[cfg(all(loom, test))]
pub(crate) use loom::sync::{Mutex, MutexGuard};
