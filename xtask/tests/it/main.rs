//! `cargo xtask` as it is called, in a workspace made for the purpose.

mod ci;
mod readme;
mod scratch;
mod seed_sweep;
