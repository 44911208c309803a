//! What the public types are by themselves: whatever a context makes may go to another thread.

use runtime_tokio::{
    Blob, Config, ConfigError, Context, Datagram, Executor, Listener, Runner, Sink, Sleep, Stream,
    TaskCount, Threads,
};

fn goes_everywhere<T: Send + Sync + Unpin + 'static>() {}
fn is_shared<T: Send + Sync + 'static>() {}
fn is_cloned<T: Clone>() {}

#[test]
fn contexts_and_what_they_make_go_everywhere() {
    goes_everywhere::<Context>();
    is_cloned::<Context>();
    goes_everywhere::<Listener>();
    goes_everywhere::<Sink>();
    goes_everywhere::<Stream>();
    goes_everywhere::<Datagram>();
    goes_everywhere::<Blob>();
    is_cloned::<Blob>();
    goes_everywhere::<TaskCount>();
}

#[test]
fn what_makes_runs_goes_everywhere() {
    goes_everywhere::<Executor>();
    goes_everywhere::<Config>();
    goes_everywhere::<ConfigError>();
    goes_everywhere::<Threads>();
}

/// A run may be made on one thread and started on another.
#[test]
fn runners_go_to_their_thread() {
    fn is_sent<T: Send + 'static>() {}
    is_sent::<Runner>();
}

/// It holds a timer of tokio's in place, and so is pinned before it is polled.
#[test]
fn sleeps_are_shared() {
    is_shared::<Sleep>();
}
