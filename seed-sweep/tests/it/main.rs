//! `seed-sweep` as it is called, in a workspace made for the purpose.

mod scratch;
mod seed_sweep;
