//! The futures that the provided methods return, named so that they can be stored.

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
