//! What the public types are by themselves: both ends may live on any thread.

use runtime_mocks::{Channel, Script, Sink, Stream};
use std::panic::{RefUnwindSafe, UnwindSafe};

fn goes_everywhere<T: Send + Sync + Unpin + 'static>() {}
fn survives_a_panic<T: UnwindSafe + RefUnwindSafe>() {}

#[test]
fn ends_go_everywhere() {
    goes_everywhere::<Channel>();
    goes_everywhere::<Script>();
    goes_everywhere::<Sink>();
    goes_everywhere::<Stream>();
}

/// They are kept in tables of cases, which a test may go through with `catch_unwind`.
#[test]
fn scripts_survive_a_panic() {
    survives_a_panic::<Script>();
}
