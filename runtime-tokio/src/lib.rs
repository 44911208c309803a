//! The production backend of [`runtime_traits`], on tokio: threads, real sockets, files, the
//! operating system's clocks and randomness.
//!
//! ```
//! use runtime_tokio::Executor;
//! use runtime_traits::{Runner, Spawner};
//!
//! let (executor, runtime) = Executor::default();
//! executor.start(async move {
//!     println!("Parent started");
//!     let result = runtime.spawn("child", async move {
//!         println!("Child started");
//!         "hello"
//!     });
//!     println!("Child result: {:?}", result.await);
//!     println!("Parent exited");
//! });
//! ```
//!
//! A service names the directory of its blobs in [`Config::storage`]: by default they are in a temporary
//! one, which is removed with the run.
//!
//! By default a panic of a task is caught and logged through `tracing`, and its handle yields
//! [`Error::Exited`](runtime_traits::Error::Exited); [`Config::panics`] changes that. A panic of the
//! root always leaves `start`.
//!
//! To shut down, tell the tasks ([`Spawner::stop`](runtime_traits::Spawner::stop), by hand or on a
//! signal with [`Config::stop_on_signals`]) and return from the root: the tasks then have
//! [`Config::shutdown_grace`] to end by themselves.
//!
//! A [`Context`] works from any thread and may be used before `start`: tasks then run at once, or,
//! with [`Threads::Current`], once `start` runs. After the run's end fallible calls, and handles of
//! tasks that it cut off, yield [`Error::Closed`](runtime_traits::Error::Closed), and a sleep never ends.
//!
//! Tasks, blocking work and the root run inside a tokio runtime, so libraries made for tokio work in them;
//! what these spawn is neither counted, nor waited for, nor seen by a simulator.
//!
//! What a run does is counted ([`Context::metrics`]) and traced: each task and each piece of blocking
//! work runs in a `tracing` span `task` or `blocking` with its label.

#![forbid(unsafe_code)]
// Under loom tokio has no sockets; `tests/models` compiles the parts that need none.
#![cfg(not(loom))]

mod attached;
mod blocking;
mod census;
mod clock;
mod config;
mod context;
mod ending;
mod handles;
mod metrics;
mod network;
mod panics;
mod random;
mod run;
mod runner;
mod signals;
mod storage;
mod sync;
mod task;
mod threads;

pub use attached::Attached;
pub use clock::Sleep;
pub use config::{Config, ConfigError, Threads};
pub use context::Context;
pub use metrics::Metrics;
pub use network::{Datagram, Listener, Sink, Stream};
/// Whose types [`Metrics`] speaks.
pub use prometheus_client;
pub use runner::{Executor, Runner};
pub use runtime_traits::TaskCount;
pub use storage::Blob;
