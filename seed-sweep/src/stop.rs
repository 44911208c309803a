//! When a sweep ends before its seeds do: its time is up, or somebody wants it to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    interrupted: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Stop {
    /// Takes the next Ctrl-C or SIGTERM as a wish to end; the one after that ends the process at once.
    pub(crate) fn on_signals(deadline: Option<Instant>) -> Result<Self> {
        let interrupted = Arc::default();
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds the flag down, and raises it.
            flag::register_conditional_shutdown(signal, 2, Arc::clone(&interrupted))
                .and_then(|_| flag::register(signal, Arc::clone(&interrupted)))
                .context("cannot listen to signals")?;
        }
        Ok(Self {
            interrupted,
            deadline,
        })
    }

    /// Ends at that time, whatever is signalled.
    #[cfg(test)]
    pub(crate) fn at(deadline: Instant) -> Self {
        Self {
            deadline: Some(deadline),
            ..Self::default()
        }
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_interrupted() || self.deadline.is_some_and(|end| Instant::now() >= end)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
