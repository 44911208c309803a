//! What works unchanged: its results are right, a seed replays, and seeds differ.

mod chance;
mod channels;
mod combinators;
mod locks;
mod services;
mod streams;
mod tokio_sync;
mod tokio_tasks;
mod values;
