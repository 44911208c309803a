//! The simulator's behaviour, as its users see it.

mod datagrams;
mod determinism;
mod hosts;
mod links;
mod reports;
mod tasks;
mod time;
