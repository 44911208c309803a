//! The rows of `ECOSYSTEM.md`, a test each: what of the ecosystem works unchanged inside a
//! simulation, and what escapes it.

mod escapes;
mod replay;
mod works;
