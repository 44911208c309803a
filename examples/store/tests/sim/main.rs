//! Three servers, a few clients, and an operator who has a bad day.
//!
//! Servers crash and restart at any moment, one or all at once, in the middle of writes and of
//! promotions; others are promoted while the old primary lives on and has clients. Whatever happens:
//!
//! - no acknowledged put is lost, and puts and gets are linearizable: no get returns what is
//!   outdated, what was never put, or half of it;
//! - puts are acknowledged before the faults, between any two of them, and after, by then for every
//!   client;
//! - every client ends in time, and every server stops when it is told to, and not before.

mod client;
mod cluster;
mod history;
mod operator;
mod replay;
mod survival;
mod swarm;
mod trouble;
mod value;

use runtime_deterministic::{Context, simulate};

#[simulate]
async fn acknowledged_puts_survive(context: Context) {
    survival::acknowledged_puts_survive(context).await;
}
