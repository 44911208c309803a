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
//! Spawning and storage are not dyn compatible; connections are ([`Listener`], [`Stream`],
//! [`Sink`], [`Datagram`]). Nothing at the root has a name of the std prelude, so that a glob
//! import shadows nothing.

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
