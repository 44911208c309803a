//! The contract of `runtime-traits` as tests: one macro call holds a backend to it.
//!
//! A clause is a function that takes a fresh run, `(Runner, Context)`, and panics when the backend
//! breaks the rule that its documentation states. [`suite!`] makes one `#[test]` of each, and
//! `CONTRACT.md`, beside this crate's manifest, lists the rules.
//!
//! # From an empty crate to a green suite
//!
//! 1. Depend on `runtime-traits`, and in `[dev-dependencies]` on this crate.
//! 2. Write a `Context` that implements [`Spawner`], [`Clock`] and [`Here`], and a [`Runner`].
//!    [`Handle::new`] and [`Current`] do what is the same everywhere: abort, panics, labels.
//! 3. In `tests/conformance.rs` ask for the topics that you have:
//!
//!    ```
//!    # mod my_backend {
//!    #     use runtime_deterministic::{Context, Executor, Runner};
//!    #     pub fn new() -> (Runner, Context) {
//!    #         let (runner, context, _auditor) = Executor::default();
//!    #         (runner, context)
//!    #     }
//!    # }
//!    runtime_conformance::suite!(
//!        |_seed| my_backend::new(),
//!        topics = [tasks, runs, neighbours, time, select],
//!    );
//!    # fn main() {}
//!    ```
//!
//!    A test that fails names its clause, whose documentation here is the rule. A test that hangs
//!    fails: run it alone, `cargo test --test conformance -- --exact NAME`.
//! 4. Add the next trait and its topics, until `topics` can go:
//!
//!    | topic | holds | traits that it asks for |
//!    |---|---|---|
//!    | [`tasks`] | spawning, aborting, labels | [`Spawner`], [`Clock`], [`Here`] |
//!    | [`runs`] | before `start`, other threads, `stop`, the end | [`Spawner`], [`Clock`] |
//!    | [`neighbours`] | two runs at a time | [`Spawner`], [`Here`] |
//!    | [`time`] | clocks and sleeps | [`Clock`], [`Spawner`] |
//!    | [`random`] | randomness | [`Random`], [`Buggify`] |
//!    | [`network`] | addresses, listening, dialling | [`Network`], [`Clock`], [`Spawner`] |
//!    | [`streams`] | one direction of a connection | [`Network`], [`Clock`], [`Spawner`] |
//!    | [`connections`] | both directions | [`Network`], [`Clock`], [`Spawner`] |
//!    | [`datagrams`] | datagrams | [`Datagrams`], [`Clock`], [`Spawner`] |
//!    | [`resolver`] | names | [`Resolver`] |
//!    | [`storage`] | partitions and names | [`Storage`] |
//!    | [`blobs`] | contents | [`Storage`], [`Spawner`] |
//!    | [`select`](mod@select) | the order of branches | [`Spawner`] |
//!
//! 5. Give the suite what the traits do not tell: each of these arguments adds a topic.
//!
//!    | argument | topic | holds |
//!    |---|---|---|
//!    | `panics` | [`panics`] | both policies for a task's panic |
//!    | `tasks` | [`counts`] | the counts of tasks by label |
//!    | `seeds` | [`simulation`] | virtual time, the seed's decisions, deadlocks |
//!    | `audited` | [`audit`] | what a simulator's audit must not miss |
//!    | `machine` | [`machine`] | power failures, disks that fail, clocks that jump |
//!    | | [`machines`] | several machines: addresses, ports, disks, and the others' ends |
//!
//! `examples/pool`, beside this crate, is a backend on plain threads that has come to step 3, with the
//! argument `panics`. Its `Current` draws the order of `select!` as
//! [`with_order`](runtime_traits::Current::with_order) says, which the topic [`select`](mod@select)
//! asks for.
//!
//! With `seeds = 0..100` each clause is held once for each seed; that is for simulators, whose
//! [`simulation`] and [`audit`] ask for everything but names and datagrams. A backend of several
//! flavours gives each a module with a suite of its own. Each run starts with empty storage.
//!
//! # What the clauses rely on
//!
//! The loopback address 127.0.0.1, which is every host's own, with its ephemeral ports, and 192.0.2.1,
//! which is nobody's (RFC 5737). The topic [`machines`] binds port 7,000 of each.
//! They ask the run for the time, and wait: no clause says how soon something must happen, but
//! several wait some milliseconds to see that it does not.
//!
//! [`Buggify`]: runtime_traits::Buggify
//! [`Clock`]: runtime_traits::Clock
//! [`Current`]: runtime_traits::Current
//! [`Datagrams`]: runtime_traits::Datagrams
//! [`Handle::new`]: runtime_traits::Handle::new
//! [`Here`]: runtime_traits::Here
//! [`Network`]: runtime_traits::Network
//! [`Random`]: runtime_traits::Random
//! [`Resolver`]: runtime_traits::Resolver
//! [`Runner`]: runtime_traits::Runner
//! [`Spawner`]: runtime_traits::Spawner
//! [`Storage`]: runtime_traits::Storage

#![forbid(unsafe_code)]

pub mod audit;
pub mod blobs;
mod connection;
pub mod connections;
pub mod counts;
pub mod datagrams;
mod drops;
mod list;
pub mod machine;
pub mod machines;
pub mod neighbours;
pub mod network;
mod outside;
pub mod panics;
pub mod random;
pub mod resolver;
pub mod runs;
pub mod select;
pub mod simulation;
pub mod storage;
pub mod streams;
mod suite;
pub mod tasks;
pub mod time;

#[doc(hidden)]
pub use suite::{hold, hold_counting, hold_several, hold_under_policies};
