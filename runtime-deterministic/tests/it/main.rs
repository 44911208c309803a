//! The simulator's behaviour, as its users see it.

mod hosts;
mod time;
