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
//! A server whose disk fails a call ends with [`Error::Disk`]. Started again it goes on with what is
//! there, and writes it once more: after a sync that failed, what can be read need not be on disk.
//!
//! # Servers that forget
//!
//! A disk may be wiped or replaced, its bits turn, and writes get lost or end up elsewhere although
//! the disk said that they are safe. A server then forgets records that it promised to keep, or epochs
//! that it promised to refuse, and often cannot know: what is left looks like a state that it was in.
//! The log ends where its checksums do not fit any more, and is never served beyond; the primary
//! sends the rest again.
//!
//! With [`Config::forgetful`] so many servers may forget, and nothing that is promised above is lost.
//! A promotion then fences off as many servers as it takes for each majority to share with them one
//! more than may forget. One of those remembers what was acknowledged, and refuses the old primary.
//! The price is fewer servers that may be down during a promotion: of four servers one, of three
//! none. With the default no server may forget.
//!
//! # What it leaves out
//!
//! Elections: without a primary the store waits for an operator. A promotion that failed leaves its
//! epoch behind on the servers that it reached; when the primary meets one of them it gives way, and
//! the operator promotes again. Snapshots: the log is kept whole, in memory and on disk, and written
//! once more at each start. Changes of the set of servers. Peers that lie: the servers' network is
//! trusted.
//!
//! # Where things are
//!
//! `replica` decides and knows no runtime. `disk`, `link`, `session` and `beacon` are the tasks around
//! it: they write, send, answer and announce what it decided, and meet it in a `monitor`.

#![forbid(unsafe_code)]

mod backoff;
mod beacon;
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
