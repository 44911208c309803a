//! What the contract's own code promises: handles, signals, the named futures, errors, bounds.

mod bounds;
mod current;
mod error;
mod executor;
mod handle;
mod labels;
mod panics;
mod prelude;
mod recv;
mod select_order;
mod send;
mod signal;
mod timeout;
