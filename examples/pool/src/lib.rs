//! A backend of `runtime-traits` on plain threads: tasks and time, and nothing else yet.
//!
//! ```
//! use runtime_traits::{Panics, Runner, Spawner};
//!
//! let (runner, context) = pool::new(Panics::Catch);
//! let sum = runner.start(async { context.spawn("sum", async { 1 + 1 }).await });
//! assert_eq!(sum, Ok(2));
//! ```

#![forbid(unsafe_code)]

mod clock;
mod context;
mod runner;
mod shared;
mod task;

pub use clock::Sleep;
pub use context::Context;
pub use runner::Runner;

use runtime_traits::Panics;
use shared::Shared;
use std::{sync::Arc, thread};

const WORKERS: usize = 2;

/// A run with two workers and a thread for its timers. `panics` says what a task's panic does.
pub fn new(panics: Panics) -> (Runner, Context) {
    let shared = Arc::new(Shared::new(panics));
    let mut threads: Vec<_> = (0..WORKERS)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || task::work(&shared))
        })
        .collect();
    let timers = shared.clone();
    threads.push(thread::spawn(move || clock::fire(&timers)));
    let context = Context(shared);
    (Runner::new(context.clone(), threads), context)
}
