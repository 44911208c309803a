//! The workloads on madsim, as it is by default but for the latency of its links.
#![forbid(unsafe_code)]

#[cfg(not(madsim))]
compile_error!("madsim simulates nothing without it: RUSTFLAGS='--cfg madsim' cargo build");

mod hosts;
mod tasks;

use std::process::ExitCode;
use work::Can;

fn main() -> ExitCode {
    work::measure(&[
        ("a", Can::Do(tasks::polls)),
        ("b", Can::Do(tasks::at_once)),
        ("b2", Can::Do(tasks::in_turn)),
        ("c", Can::Do(tasks::equal_sleeps)),
        (
            "c-random",
            Can::But(tasks::random_sleeps, "its sleeps last 1 ms at least"),
        ),
        ("d", Can::Do(hosts::round_trips)),
        ("e", Can::Do(hosts::simulations)),
        ("f", Can::Do(hosts::heartbeats)),
        (
            "g",
            Can::But(
                hosts::appends,
                "its sync does nothing and nothing is ever lost",
            ),
        ),
        ("cancelled", Can::Do(tasks::cancelled)),
        ("memory", Can::Do(tasks::live)),
    ])
}
