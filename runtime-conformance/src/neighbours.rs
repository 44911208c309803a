//! Runs beside each other: what one does, and its end, is no other's. The clauses make their runs
//! themselves, from the seeds that they name.

use runtime_traits::{Current, Error, Here, Runner, Spawner};
use std::{future::pending, task::Poll};

/// A runner that was never started may be dropped inside another run, and ends its own.
pub fn a_runner_may_be_dropped_inside_a_run<R: Runner, C: Spawner>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (runner, _) = fresh(0);
    let (inner, context) = fresh(1);
    let task = context.spawn("early", pending::<()>());
    let yielded = runner.start(async move {
        drop(inner);
        task.await
    });
    assert_eq!(yielded, Err(Error::Closed));
}

/// A task that is spawned through another run's context is that run's: its label begins there, and
/// [`Here::here`] is that context.
pub fn a_task_is_of_the_run_that_spawned_it<R: Runner, C: Spawner + Here>(
    fresh: &dyn Fn(u64) -> (R, C),
) {
    let (outer, context) = fresh(0);
    let (inner, other) = fresh(1);
    let through = other.clone();
    let task = outer.start(async move {
        let have = context.spawn("have", async move {
            let fun = through.spawn("fun", async {
                C::here().expect("a task is polled").stop(4);
                Current::label()
            });
            [fun]
        });
        have.await.expect("the task returns")
    });
    inner.start(async move {
        for task in task {
            assert_eq!(task.await.as_deref(), Ok("fun"));
        }
        assert_eq!(other.stopped().await, Ok(4));
    });
}

/// `stop` is told to its own run alone.
pub fn stop_is_told_to_its_own_run_alone<R: Runner, C: Spawner>(fresh: &dyn Fn(u64) -> (R, C)) {
    let (_inner, other) = fresh(0);
    let (runner, context) = fresh(1);
    other.stop(1);
    runner.start(async {
        let mut signal = context.stopped();
        assert_eq!(crate::outside::poll_once(&mut signal), Poll::Pending);
        context.stop(2);
        assert_eq!(signal.await, Ok(2));
    });
}
