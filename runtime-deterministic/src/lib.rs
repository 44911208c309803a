//! A simulated backend of `runtime-traits`: one seed decides the order of tasks, the winners of
//! `select!`, every delay, every crash's losses, and every random byte.
//!
//! The same seed gives the same run: in any process, on any machine, whatever ran before.
//!
//! ```
//! use runtime_traits::{Spawner, Runner};
//! use runtime_deterministic::Executor;
//!
//! let (executor, runtime, auditor) = Executor::default();
//! executor.start(async move {
//!     println!("Parent started");
//!     let result = runtime.spawn("child", async move {
//!         println!("Child started");
//!         "hello"
//!     });
//!     println!("Child result: {:?}", result.await);
//!     println!("Parent exited");
//! });
//! println!("Auditor state: {}", auditor.state());
//! ```
//!
//! # Tests over many seeds
//!
//! [`simulate`](macro@simulate) turns an `async fn` into a test over 100 seeds; its plain form is
//! the function [`simulate`](fn@simulate).
//!
//! ```
//! use runtime_deterministic::{Context, Crash, simulate};
//! use runtime_traits::{Blob, Clock, Error, Storage};
//! use std::time::Duration;
//!
//! # fn main() {}
//! #[simulate(seeds = 0..20)]
//! async fn what_is_synced_survives(context: Context) -> Result<(), Error> {
//!     let boot = |context: Context| async move {
//!         let blob = context.open("wal", b"log").await?;
//!         blob.write_at(b"hello", 0).await?;
//!         blob.sync().await
//!     };
//!     let host = context.world().host("db", boot).unwrap();
//!     host.wait().await??;
//!     host.crash(Crash::Reset).unwrap();
//!     assert_eq!(host.partition("wal").unwrap()[&b"log"[..]], b"hello");
//!     Ok(())
//! }
//! ```
//!
//! # When a seed fails
//!
//! `cargo test` stops at the first seed that fails and prints a block: the panic with its host and task,
//! the faults that struck, the last events, and under `replay` the line that runs this seed again, event
//! by event the same. To find the cause put before that line
//!
//! - `SIM_EVENTS=1000` for more events, each with what was carried and where its task was spawned;
//! - `RUST_BACKTRACE=1` for the way to the panic;
//! - `SIM_FAULTS='..'` with a part of the line of faults, as long as the seed still fails: what is left
//!   is what matters. With other faults all else is drawn otherwise, too, so try a range in place of
//!   `SIM_SEED`, as `SIM_SEEDS=0..100`. `none` shows whether faults matter at all.
//!
//! What the program logs stands among the events when it is stamped as they are
//! ([`Context::moment`]). `SIM_RECORD` writes a [`Log`] of all events; in a run of one's own [`Auditor::log`]
//! gives it, where [`Config::record`] keeps them.
//!
//! # Stopping
//!
//! A [`Signaler`](runtime_traits::Signaler) tells one value to everybody who waits for it;
//! [`Spawner::stop`](runtime_traits::Spawner::stop) is one per host.
//!
//! ```
//! use runtime_traits::{Spawner, Runner, Signaler};
//! use runtime_deterministic::Executor;
//!
//! let (executor, _, _) = Executor::default();
//! executor.start(async move {
//!     // Setup signaler and get future
//!     let (mut signaler, signal) = Signaler::new();
//!
//!     // Signal shutdown
//!     signaler.signal(2);
//!
//!     // Wait for shutdown in task
//!     let sig = signal.await.unwrap();
//!     println!("Received signal: {}", sig);
//! });
//! ```
//!
//! In a loop wait on `&mut signal`, which costs no clone:
//!
//! ```
//! use runtime_macros::select;
//! use runtime_traits::{Clock, Spawner, Runner, Signaler};
//! use runtime_deterministic::Executor;
//! use futures::channel::oneshot;
//! use std::time::Duration;
//!
//! let (executor, context, _) = Executor::default();
//! executor.start(async move {
//!     // Setup signaler and get future
//!     let (mut signaler, mut signal) = Signaler::new();
//!
//!     // Loop on the signal until resolved
//!     let (tx, rx) = oneshot::channel();
//!     context.spawn("task", {
//!         let context = context.clone();
//!         async move {
//!             loop {
//!                 // Wait for signal or sleep
//!                 select! {
//!                     sig = &mut signal => {
//!                         println!("Received signal: {}", sig.unwrap());
//!                         break;
//!                     },
//!                     _ = context.sleep(Duration::from_secs(1)) => { },
//!                 };
//!             }
//!             let _ = tx.send(());
//!         }
//!     });
//!
//!     // Send signal
//!     signaler.signal(9);
//!
//!     // Wait for task
//!     rx.await.expect("shutdown signaled");
//! });
//! ```
//!
//! # What is simulated
//!
//! - **Scheduling**: each step polls one task, chosen among those that are ready by their set and
//!   the seed, never by the order in which they were woken. Each is equally likely, unless a
//!   [`Schedule`] says otherwise.
//! - **Time** moves only when nothing is ready, straight to the next event.
//! - **Hosts**: each with its address, ports, clocks, disk, randomness, tasks and `stop`. They crash,
//!   restart, pause and lose their disks ([`Host`]). The root is a host of its own, with nothing to
//!   configure.
//! - **Network**: within a host segments take no time, between hosts 100 µs to 1 ms. One send in eight
//!   takes only a part of its bytes. A crashed host's peers see a reset or, when it falls silent, what TCP's
//!   own time-outs give them. Datagrams between hosts overtake each other, and are lost where nobody
//!   receives or too many wait. What else goes wrong is below.
//! - **Disks**: a sync, an open and a removal take 100 µs to 1 ms, one in four of the other calls up to
//!   100 µs, and other tasks may run before any of them returns. At a crash each write that was not
//!   synced is lost (three in eight), kept (two), torn at sectors of 512 bytes (two), or leaves zeros
//!   (one). What else goes wrong is set with [`DiskFaults`].
//! - **Clocks** are right until [`Host::clock`] says otherwise.
//! - **Randomness** is split per purpose: one more draw in user code moves no schedule.
//!
//! # What goes wrong with the network
//!
//! The test's [`World`] sets what holds for one direction between two hosts ([`Link`]): `latency`, a
//! `tail` of those that take longer, `bandwidth`, `loss`, and for datagrams `duplicate` and
//! `reorder`. It parts hosts ([`World::partition`], [`World::partition_one_way`]), holds what is on
//! its way ([`World::hold`], [`World::release`]), ends connections at a byte ([`World::cut`]) and
//! makes everything well again ([`World::heal`]). All of it concerns connections that exist as well.
//!
//! ```
//! use runtime_deterministic::{Context, Ratio, simulate};
//! use runtime_traits::{Clock, Error, Network, Sink};
//! use std::{future::pending, net::SocketAddr, time::Duration};
//!
//! # fn main() {}
//! #[simulate(seeds = 0..20)]
//! async fn a_partition_stalls_a_dial(context: Context) {
//!     let world = context.world();
//!     let db = world.host("db", |context: Context| async move {
//!         let listener = context.bind(SocketAddr::new(context.addr(), 80)).await;
//!         pending::<()>().await;
//!         drop(listener);
//!     });
//!     let socket = SocketAddr::new(db.unwrap().addr(), 80);
//!     let ms = Duration::from_millis;
//!     world.link("root", "db").unwrap().latency(ms(1)..=ms(5)).loss(Ratio::new(1, 100));
//!     world.partition(&["root"], &["db"]).unwrap();
//!     let dialled = context.timeout(ms(10_000), context.dial(socket)).await;
//!     assert_eq!(dialled.err(), Some(Error::Timeout));
//!     world.heal();
//!     context.dial(socket).await.unwrap();
//! }
//! ```
//!
//! A stream loses no bytes, only time. A segment that is lost is sent again after a round trip, if
//! something was sent behind it; otherwise after 200 ms, and then after ever longer pauses, as Linux
//! does. A sender that gets no answer for 924.6 s gives up, and so does a dialler after 127 s, both with
//! kind [`TimedOut`](std::io::ErrorKind::TimedOut). An end that sends nothing notices nothing, unless
//! [`SocketConfig::keepalive`](runtime_traits::SocketConfig) has it probe.
//!
//! Each direction has a send buffer and a receive buffer of 32 KiB;
//! [`SocketConfig`](runtime_traits::SocketConfig) sets those of the dialler's end. With a
//! `linger` of zero that end resets what is left of the connection once both its halves are dropped, unless
//! both directions have ended; a longer `linger` changes nothing, since no drop
//! waits. A listener holds 1,024 connections that nobody has accepted. A dial beyond that gets no
//! answer, and tries again.
//!
//! # Faults that strike by themselves
//!
//! A test may leave it to the seed what goes wrong, and when: [`Faults::drawn`] as
//! [`Simulation::faults`] or [`Config::faults`]. Hosts crash and come back, clocks jump, links lose
//! and hold what they carry, disks fail, and sites of [`Buggify`](runtime_traits::Buggify) misbehave.
//! The test says whom to leave alone ([`World::spare`]), which processes are started again when they
//! end ([`World::supervise`]), how many copies may be lost ([`World::damage_at_most`]), and when it
//! wants progress ([`World::calm`]). A failure shows what was drawn, in one line that `SIM_FAULTS`
//! takes, whole or in part; a sweep counts how often each [`FaultKind`] struck.
//!
//! # Who is polled next
//!
//! Of the tasks that are ready each is equally likely, unless [`Simulation::schedule`] or
//! [`Config::schedule`] asks for another [`Schedule`]: tasks that starve, priorities that change, first
//! in first out, the order of a recorded run, or one of these drawn for each seed. A failure shows it
//! in one line, which `SIM_SCHEDULE` takes.
//!
//! # What finds which mistake
//!
//! [`victims`] lists, for each kind of fault, a mistake that was seen in the wild and that it finds.
//!
//! # Panics
//!
//! If any task panics, the run panics and ends, unless [`Config::panics`] says otherwise. A deadlock
//! and a livelock are panics that say who waits for what.
//!
//! # The ecosystem
//!
//! `tokio::sync`, `futures`, `tower` and most of what is made of futures alone run unchanged. What asks
//! the host for time, threads or chance escapes the seed. [`ecosystem`] has a tested table of both, and
//! a `clippy.toml` to copy.
//!
//! # Threads
//!
//! A run has one thread, and runs on other threads share nothing with it. What a foreign thread does
//! to a run comes in an order that no seed decides: keep to tasks. A context works from any thread all
//! the same; the sockets and blobs that it gave work in tasks of the run alone, and fail with
//! [`Closed`](runtime_traits::Error::Closed) elsewhere.

#![deny(unsafe_code)]

mod audit;
mod clock;
mod config;
mod context;
mod draws;
#[doc = include_str!("../ECOSYSTEM.md")]
#[doc = "```toml"]
#[doc = include_str!("../clippy.toml")]
#[doc = "```"]
pub mod ecosystem {}
mod event;
mod executor;
mod faults;
mod foreign;
mod host;
mod kernel;
mod moment;
mod network;
mod ratio;
mod ready;
mod runner;
mod schedule;
mod seat;
mod simulate;
mod storage;
mod sync;
mod task;
mod timers;
#[doc = include_str!("../FAULTS.md")]
pub mod victims {
    #[cfg(test)]
    mod tests;
}
mod world;

pub use audit::{
    Auditor, Divergence, Entry, Log, LogError, PayloadHash, Record, Source, SourceKind, State, Work,
};
pub use clock::{HostClock, Sleep};
pub use config::{Config, ConfigError};
pub use context::Context;
pub use executor::Executor;
pub use faults::{FaultKind, Faults, FaultsError};
pub use host::{Crash, Host};
pub use moment::Moment;
pub use network::{Cut, Datagram, How, Link, Listener, Sink, Stream};
pub use ratio::Ratio;
pub use runner::Runner;
pub use runtime_macros::simulate;
pub use runtime_traits::TaskCount;
pub use schedule::{Schedule, ScheduleError};
pub use simulate::{Outcome, Simulation, simulate, simulate_parallel};
pub use storage::{Blob, DiskFaults, DiskOp, HostDisk, Partition};
pub use world::{World, WorldError};
