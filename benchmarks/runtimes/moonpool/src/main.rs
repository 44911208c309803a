//! The workloads on moonpool, its network and its disk as fast as it offers.
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
        ("d", Can::Do(hosts::round_trips)),
        ("e", Can::Do(hosts::simulations)),
        ("f", Can::But(tasks::heartbeats, "ten tasks; no hosts")),
        ("g", Can::Do(hosts::appends)),
        ("cancelled", Can::Do(tasks::cancelled)),
        ("memory", Can::Do(tasks::live)),
    ])
}
