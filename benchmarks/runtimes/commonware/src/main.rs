//! The workloads on commonware's deterministic runtime, as it is by default.
#![forbid(unsafe_code)]

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
        ("c-random", Can::Do(tasks::random_sleeps)),
        ("d", Can::But(hosts::round_trips, "no hosts, no link")),
        ("e", Can::But(hosts::simulations, "no hosts, no link")),
        ("f", Can::But(tasks::heartbeats, "ten tasks; no hosts")),
        ("g", Can::Do(hosts::appends)),
        ("cancelled", Can::Do(tasks::cancelled)),
        ("memory", Can::Do(tasks::live)),
    ])
}
