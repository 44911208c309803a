//! The futures that the provided methods return, named so that they can be stored.
//!
//! They hold references and state, but no runtime: one is `Send` where what it borrows is. Apart from
//! [`Timeout`] they allocate nothing. What one loses when it is dropped is listed
//! [at the root](crate#what-a-dropped-future-loses). [`Task`] is here beside them, for backends.

mod accept;
mod datagram;
mod recv;
mod reschedule;
mod send;
mod timeout;

pub use accept::Accept;
pub use datagram::{RecvFrom, SendTo};
pub use recv::{RecvExact, RecvSome};
pub use reschedule::{Reschedule, reschedule};
pub use send::{Close, SendAll};
pub use timeout::Timeout;

pub use crate::handle::Task;
