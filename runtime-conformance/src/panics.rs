//! The two policies about a task that panics. The clauses take the policy's runs, so that the
//! others need not know which one a backend chose.

use runtime_traits::{Error, Panics, Runner, Spawner};
use std::{
    any::Any,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
};

fn started<R: Runner, T>(
    runner: R,
    root: impl Future<Output = T>,
) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(|| runner.start(root)))
}

fn raises() {
    panic!("the task's own words");
}

/// A caught panic ends its task alone: the handle yields [`Error::Exited`], the run goes on.
pub fn a_caught_panic_ends_its_task_alone<R: Runner, C: Spawner>(fresh: &dyn Fn(Panics) -> (R, C)) {
    let (runner, context) = fresh(Panics::Catch);
    let ended = started(runner, async {
        let panicked = context.spawn("panics", async { raises() }).await;
        (panicked, context.spawn("other", async { 1 }).await)
    });
    assert_eq!(ended.ok(), Some((Err(Error::Exited), Ok(1))));
}

/// A caught panic of blocking work is its handle's [`Error::Exited`] as well.
pub fn a_caught_panic_of_blocking_work_ends_it_alone<R: Runner, C: Spawner>(
    fresh: &dyn Fn(Panics) -> (R, C),
) {
    let (runner, context) = fresh(Panics::Catch);
    let ended = started(runner, async {
        let panicked = context.spawn_blocking("panics", raises).await;
        (panicked, context.spawn("other", async { 1 }).await)
    });
    assert_eq!(ended.ok(), Some((Err(Error::Exited), Ok(1))));
}

/// A propagated panic leaves `start` with its payload, although the root waits for something else.
pub fn a_propagated_panic_leaves_start<R: Runner, C: Spawner>(fresh: &dyn Fn(Panics) -> (R, C)) {
    let (runner, context) = fresh(Panics::Propagate);
    let ended = started(runner, async {
        let _handle = context.spawn("panics", async { raises() });
        pending::<()>().await;
    });
    assert_eq!(
        ended.unwrap_err().downcast_ref(),
        Some(&"the task's own words")
    );
}

/// A propagated panic of blocking work leaves `start` too.
pub fn a_propagated_panic_of_blocking_work_leaves_start<R: Runner, C: Spawner>(
    fresh: &dyn Fn(Panics) -> (R, C),
) {
    let (runner, context) = fresh(Panics::Propagate);
    let ended = started(runner, async {
        let _handle = context.spawn_blocking("panics", raises);
        pending::<()>().await;
    });
    assert_eq!(
        ended.unwrap_err().downcast_ref(),
        Some(&"the task's own words")
    );
}

/// A panic of the root leaves `start` under either policy.
pub fn the_roots_panic_leaves_start_under_either_policy<R: Runner, C>(
    fresh: &dyn Fn(Panics) -> (R, C),
) {
    for policy in [Panics::Catch, Panics::Propagate] {
        let (runner, _) = fresh(policy);
        let payload = started(runner, async { raises() }).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"the task's own words"));
    }
}
