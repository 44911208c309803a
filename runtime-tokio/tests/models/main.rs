//! The parts of the backend that synchronise threads and need no tokio, under loom: each brings its
//! `models.rs`. Without `--cfg loom` there is nothing here.

#![cfg(loom)]
#![expect(dead_code, reason = "what only tokio's parts use is not modelled")]

#[path = "../../src/blocking.rs"]
mod blocking;
#[path = "../../src/census.rs"]
mod census;
#[path = "../../src/panics.rs"]
mod panics;
#[path = "../../src/storage/queue.rs"]
mod queue;
#[path = "../../src/sync.rs"]
mod sync;
