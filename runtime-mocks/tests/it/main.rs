//! What the channel promises to the tests that use it.

mod bounds;
mod channel;
mod executor;
mod script;
mod threads;
mod wakers;
