//! What the public types are by themselves: whatever a context makes may go to another thread.

use runtime_deterministic::{
    Auditor, Blob, Config, ConfigError, Context, Crash, Datagram, DiskOp, Executor, Host,
    HostClock, HostDisk, Link, Listener, Partition, Ratio, Runner, Simulation, Sink, Sleep, State,
    Stream, TaskCount, Work, World, WorldError,
};
use std::{
    cell::Cell,
    panic::{RefUnwindSafe, UnwindSafe},
};

fn goes_everywhere<T: Send + Sync + Unpin + 'static>() {}
fn is_cloned<T: Clone>() {}
fn survives_a_panic<T: UnwindSafe + RefUnwindSafe>() {}

#[test]
fn contexts_and_what_they_make_go_everywhere() {
    goes_everywhere::<Context>();
    is_cloned::<Context>();
    goes_everywhere::<Sleep>();
    goes_everywhere::<Listener>();
    goes_everywhere::<Sink>();
    goes_everywhere::<Stream>();
    goes_everywhere::<Datagram>();
    goes_everywhere::<Blob>();
    is_cloned::<Blob>();
    goes_everywhere::<TaskCount>();
}

#[test]
fn the_hand_on_the_world_goes_everywhere() {
    goes_everywhere::<World>();
    goes_everywhere::<Host<u8>>();
    // A host's output is moved out of it, never shared.
    goes_everywhere::<Host<Cell<u8>>>();
    goes_everywhere::<HostClock>();
    goes_everywhere::<HostDisk>();
    goes_everywhere::<Link>();
    goes_everywhere::<Crash>();
    goes_everywhere::<DiskOp>();
    goes_everywhere::<Partition>();
    goes_everywhere::<Ratio>();
}

#[test]
fn what_makes_runs_and_tells_of_them_goes_everywhere() {
    goes_everywhere::<Executor>();
    goes_everywhere::<Config>();
    goes_everywhere::<Auditor>();
    goes_everywhere::<Simulation>();
}

/// Of a run that panicked, its test still wants to know.
#[test]
fn what_is_told_of_a_run_survives_its_panic() {
    goes_everywhere::<State>();
    goes_everywhere::<Work>();
    goes_everywhere::<ConfigError>();
    goes_everywhere::<WorldError>();
    survives_a_panic::<State>();
    survives_a_panic::<Work>();
    survives_a_panic::<ConfigError>();
    survives_a_panic::<WorldError>();
}

/// A run may be made on one thread and started on another.
#[test]
fn runners_go_to_their_thread() {
    fn is_sent<T: Send + 'static>() {}
    is_sent::<Runner>();
}
