//! A replicated key-value log, written against `runtime-traits` alone.
//!
//! A few servers, three say, each keep the whole log. One of them is primary: an operator
//! [promotes](Client::promote) it, for nobody is elected. Clients put keys and get them; the store
//! serves them as long as the primary and a majority of the servers are up.
//!
//! # What is promised
//!
//! - A put that returned is on the disks of a majority and survives every crash after which a
//!   majority comes back with its disks.
//! - Puts and gets are linearizable: each takes effect at one moment between call and return. A
//!   primary answers a get only after a majority has confirmed, since the get came in, that no later
//!   primary exists.
//! - A put that is tried again takes effect once.
//!
//! # How it is kept
//!
//! Every promotion begins an [`Epoch`] later than all before, which a majority of the servers puts
//! on disk and whose predecessors it refuses from then on. The new primary takes over the most
//! recent log among that majority, opens its epoch with a record of its own, and serves once a
//! majority has that record. A server that restarts is a backup until it is promoted (again), also
//! when it was primary: it cannot know what happened meanwhile.
//!
//! # What it leaves out
//!
//! Elections: without a primary the store waits for an operator. A promotion that failed leaves its
//! epoch behind on the servers that it reached; when the primary meets one of them it gives way, and
//! the operator promotes again. Snapshots: the log is kept whole, in memory and on disk. Changes of the set of servers. Peers
//! that lie: the servers' network is trusted. Disks that lie: a record that was synced and then
//! damaged looks like the end of the log.
//!
//! # Where things are
//!
//! `replica` decides and knows no runtime. `disk`, `link` and `session` are the tasks around it:
//! they write, send and answer what it decided, and meet it in a `monitor`.

#![forbid(unsafe_code)]

mod backoff;
mod client;
mod config;
mod disk;
mod epoch;
mod error;
mod frame;
mod limits;
mod link;
mod log;
mod message;
mod monitor;
mod record;
mod remote;
mod replica;
mod server;
mod session;
mod status;
mod values;
mod wire;

pub use client::Client;
pub use config::Config;
pub use epoch::Epoch;
pub use error::Error;
pub use record::{Change, Put, Record};
pub use server::serve;
pub use status::{Role, Status};
pub use wire::Malformed;
