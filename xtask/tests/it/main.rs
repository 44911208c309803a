//! `cargo xtask` as it is called, in a workspace made for the purpose.

mod ci;
mod miri;
mod readme;
mod release;
mod scratch;
mod seed_sweep;
