//! What no seed reaches: how it fails, or that a seed does not replay, and what to use instead.

mod banned;
mod blocking;
mod chance;
mod clocks;
mod files;
mod orders;
mod selects;
mod state;
mod tasks;

/// What tokio says of a call that needs its runtime.
const NO_RUNTIME: &str =
    "there is no reactor running, must be called from the context of a Tokio 1.x runtime";
