//! The contract between libraries and async runtimes.
//!
//! A library is written against the traits of this crate and names no runtime. A binary picks a
//! backend: `runtime-tokio` in production, `runtime-deterministic` in tests, where one seed decides
//! task order, time, network, disks, faults and randomness. The crate needs std and nothing else.
//!
//! | a library needs | trait |
//! |---|---|
//! | tasks, and to be told to stop | [`Spawner`] |
//! | time | [`Clock`] |
//! | randomness | [`Random`] |
//! | connections and names | [`Network`], [`Resolver`], [`Datagrams`] |
//! | bytes of a connection | [`Listener`], [`Stream`], [`Sink`], [`Datagram`] |
//! | durable bytes | [`Storage`], [`Blob`] |
//! | all of it | [`Runtime`] |
//!
//! `select!`, whose order the backend decides too, is in the crate `runtime-macros`.
//!
//! ```
//! use runtime_traits::*;
//! use std::net::SocketAddr;
//!
//! /// Sends `ping` and returns the four bytes that come back.
//! async fn ping<R: Runtime>(runtime: R, peer: SocketAddr) -> Result<[u8; 4], Error> {
//!     let (mut sink, mut stream) = runtime.dial(peer).await?;
//!     let mut answer = [0; 4];
//!     sink.send(b"ping").await?;
//!     stream.recv(&mut answer).await?;
//!     Ok(answer)
//! }
//! ```
//!
//! Whoever needs less than all of it asks for less: `C: Clock + Random` says more of a function than
//! `R: Runtime`, and its tests need less.
//!
//! Spawning and storage are not dyn compatible; connections are ([`Listener`], [`Stream`],
//! [`Sink`], [`Datagram`]). Nothing at the root has a name of the std prelude, so that a glob
//! import shadows nothing.
//!
//! # What a library does not use
//!
//! The seed of a simulator reaches what goes through a context. `std::thread`, `std::time::Instant`,
//! `std::net`, `std::fs`, the order of a `HashMap` and a runtime's own `spawn` or `sleep` are out of
//! its reach, and so is a wait that blocks the thread. Channels, locks and combinators that depend on
//! no runtime, as those of `futures` and `tokio::sync`, work everywhere.
//!
//! # Before, during and after a run
//!
//! A context works from any thread. Nothing of it panics because a run has not begun or is over:
//!
//! | | before [`Runner::start`] | after the end of the run |
//! |---|---|---|
//! | [`Spawner::spawn`] | runs at once, or from `start` on | drops the future; its handle yields [`Error::Closed`] |
//! | handles of tasks that were cut off | | [`Error::Closed`] |
//! | [`Spawner::stop`] | is told | changes nothing |
//! | [`Spawner::stopped`] | waits for `stop` | `stop`'s value if it came before, else [`Error::Closed`] |
//! | a sleep, [`Clock::timeout`] | its deadline is fixed | never ends |
//! | clocks, randomness, [`Buggify`] | work | work |
//! | every call that returns a `Result` | may be made, and awaited inside | [`Error::Closed`] |
//!
//! When a simulated host crashes, its contexts, and all that they gave, are as after the end, but that
//! handles of its tasks yield [`Error::Exited`]. Its next life has contexts of its own.
//!
//! # What a dropped future loses
//!
//! A future may be dropped at any `await`: by [`Handle::abort`], by [`Clock::timeout`], as a loser of
//! `select!`, at the end of the run.
//!
//! | dropped before it is ready | what is lost |
//! |---|---|
//! | [`Stream::recv`], [`Stream::recv_some`], [`Listener::accept`], [`Datagram::recv_from`] | nothing |
//! | [`Sink::send`] | the connection, once a first byte has left |
//! | [`Network::dial`] | the attempt |
//! | [`Blob::write_at`], [`Blob::truncate`], [`Blob::sync`] | whether it took effect; never half of it |
//! | [`Storage::open`], [`Storage::remove`] | whether it took effect |
//! | a [`Handle`] | the output; the task runs on |
//! | a [`Signal`], a sleep | nothing |
//!
//! # Writing a backend
//!
//! A backend implements these traits for one `Context` and [`Runner`] for what starts it.
//! [`Handle::new`] and [`Current`] do what is the same everywhere; their documentation shows a
//! [`Spawner`] made of them. Where a text here says *for backends*, a library need not read on. The
//! crate `runtime-conformance` holds a backend to the contract, rule by rule, and its front page leads
//! from an empty crate to a green suite.

#![forbid(unsafe_code)]

mod buggify;
mod clock;
mod current;
mod datagram;
mod error;
pub mod future;
mod handle;
mod label;
mod listener;
mod network;
pub mod panics;
mod random;
mod runner;
mod runtime;
pub mod select;
mod signal;
mod sink;
mod socket;
mod spawner;
mod storage;
mod stream;
mod sync;

pub use buggify::Buggify;
pub use clock::Clock;
pub use current::{Current, Here};
pub use datagram::{Datagram, Datagrams};
pub use error::{Cause, Error};
pub use future::reschedule;
pub use handle::{Handle, Join, JoinAt, JoinMut, JoinPlace, Panics};
pub use label::{TaskCount, Tasks};
pub use listener::Listener;
pub use network::{Network, Resolver};
pub use random::Random;
pub use runner::Runner;
pub use runtime::Runtime;
pub use signal::{Signal, Signaler};
pub use sink::Sink;
pub use socket::{Keepalive, SocketConfig};
pub use spawner::Spawner;
pub use storage::{Blob, Storage, blob_name, check_blob_name, check_partition_name};
pub use stream::Stream;
