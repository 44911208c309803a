//! `seed-sweep` as it is called, in a workspace made for the purpose.

mod flags;
mod kept;
mod planted;
mod scratch;
mod seed_sweep;
mod watched;
