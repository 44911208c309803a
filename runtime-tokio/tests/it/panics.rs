//! Where a panic goes.

use crate::{log, one_thread, run, two_workers};
use futures::executor::block_on;
use runtime_tokio::{Config, Executor};
use runtime_traits::{Error, Panics, Runner, Spawner};
use std::{
    future::pending,
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{self, Poll},
    thread,
};

fn propagating(mut config: Config) -> Config {
    config.panics = Panics::Propagate;
    config
}

fn message(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .expect("a text")
}

/// What `start` panics with.
fn panic_of(config: Config, root: impl AsyncFnOnce(runtime_tokio::Context)) -> String {
    let (runner, context) = Executor::init(config);
    let start = || runner.start(root(context));
    message(&*catch_unwind(AssertUnwindSafe(start)).unwrap_err()).to_owned()
}

struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

#[test]
fn caught_by_default_and_logged_with_the_label() {
    log::keep();
    run(async |context| {
        let inside = context.clone();
        let outer = context.spawn("caught-outer", async move {
            inside.spawn("poll", async { panic!("in a poll") }).await
        });
        assert_eq!(outer.await, Ok(Err::<(), _>(Error::Exited)));
        let work = context.spawn_blocking("caught-work", || panic!("in work"));
        assert_eq!(work.await, Err::<(), _>(Error::Exited));
        let bomb = Bomb("in a drop");
        let drops = context.spawn("caught-drop", async move {
            let _bomb = bomb;
            pending::<()>().await;
        });
        drops.abort();
        assert_eq!(drops.await, Err(Error::Exited));
    });
    for (label, text) in [
        ("caught-outer_poll", "in a poll"),
        ("caught-work", "in work"),
        ("caught-drop", "in a drop"),
    ] {
        let lines = log::with(label);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].starts_with("ERROR") && lines[0].contains(text),
            "{lines:?}"
        );
    }
}

#[test]
fn a_panic_of_the_root_always_leaves_start() {
    for config in [two_workers(), propagating(one_thread())] {
        let text = panic_of(config, async |_| panic!("the root"));
        assert_eq!(text, "the root");
    }
}

#[test]
fn propagated_from_a_task_to_start_while_the_root_waits() {
    for config in [two_workers(), one_thread()] {
        let text = panic_of(propagating(config), async |context| {
            drop(context.spawn("bad", async { panic!("a task") }));
            pending().await
        });
        assert_eq!(text, "a task");
    }
}

#[test]
fn propagated_from_blocking_work_to_start() {
    let text = panic_of(propagating(two_workers()), async |context| {
        drop(context.spawn_blocking("bad", || panic!("some work")));
        pending().await
    });
    assert_eq!(text, "some work");
}

#[test]
fn propagated_also_when_the_root_returns_with_it() {
    let text = panic_of(propagating(one_thread()), async |context| {
        let bad = context.spawn("bad", async { panic!("a task") });
        assert_eq!(bad.await, Err::<(), _>(Error::Exited));
    });
    assert_eq!(text, "a task");
}

#[test]
fn propagated_also_when_the_root_has_returned() {
    let text = panic_of(propagating(two_workers()), async |context| {
        let bad = context.spawn("bad", async { panic!("a task") });
        while !bad.is_finished() {
            thread::yield_now();
        }
    });
    assert_eq!(text, "a task");
}

#[test]
fn a_panic_of_the_root_goes_before_a_tasks_and_ends_the_run() {
    log::keep();
    let mut waiting = None;
    let text = panic_of(propagating(two_workers()), async |context| {
        waiting = Some(context.spawn("waiting", pending::<()>()));
        let bad = context.spawn("prop-beside-root", async { panic!("a task") });
        while !bad.is_finished() {
            thread::yield_now();
        }
        panic!("the root");
    });
    assert_eq!(text, "the root");
    assert_eq!(log::with("prop-beside-root").len(), 1);
    assert_eq!(block_on(waiting.unwrap()), Err(Error::Closed));
}

#[test]
fn the_first_panic_leaves_start_and_later_ones_are_logged() {
    log::keep();
    let text = panic_of(propagating(one_thread()), async |context| {
        let first = context.spawn("prop-first", async { panic!("the first") });
        let second = context.spawn("prop-second", async { panic!("the second") });
        assert_eq!(first.await, Err::<(), _>(Error::Exited));
        assert_eq!(second.await, Err::<(), _>(Error::Exited));
    });
    assert_eq!(text, "the first");
    assert_eq!(log::with("prop-first"), Vec::<String>::new());
    assert_eq!(log::with("prop-second").len(), 1);
}

/// Panics when it is dropped, and carries another.
struct Nested;

impl Drop for Nested {
    fn drop(&mut self) {
        resume_unwind(Box::new(Self));
    }
}

#[test]
fn what_a_logged_panic_carries_is_let_go() {
    run(async |context| {
        let panics = context.spawn("panics", async { resume_unwind(Box::new(Nested)) });
        assert_eq!(panics.await, Err::<(), _>(Error::Exited));
        let work = context.spawn_blocking("work", || resume_unwind(Box::new(Nested)));
        assert_eq!(work.await, Err::<(), _>(Error::Exited));
        let held = Nested;
        let drops = context.spawn("drops", async move {
            pending::<()>().await;
            drop(held);
        });
        drops.abort();
        assert_eq!(drops.await, Err(Error::Exited));
        assert!(context.tasks().iter().all(|count| count.running == 0));
    });
}

/// Ready with what cannot be dropped, and cannot be dropped itself.
struct Worst(#[expect(dead_code, reason = "it is dropped")] Bomb);

impl Future for Worst {
    type Output = Nested;

    fn poll(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<Nested> {
        Poll::Ready(Nested)
    }
}

#[test]
fn an_output_that_panics_after_the_destructor_leaves_the_first_panic_and_the_handle_resolved() {
    log::keep();
    run(async |context| {
        let worst = context.spawn("worst", Worst(Bomb("from drop")));
        assert_eq!(worst.await.map(mem::forget), Err(Error::Exited));
    });
    let lines = log::with("label=worst");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("from drop"), "{lines:?}");
}

/// A run in which a task has panicked already, with what cannot be dropped.
fn begun_badly(label: &str) -> runtime_tokio::Runner {
    let (runner, context) = Executor::init(propagating(two_workers()));
    let bad = context.spawn(label, async { resume_unwind(Box::new(Nested)) });
    assert_eq!(block_on(bad), Err::<(), _>(Error::Exited));
    runner
}

#[test]
fn a_panic_that_finds_its_start_refused_is_logged() {
    log::keep();
    let inner = begun_badly("prop-refused");
    run(async |_| {
        let start = || inner.start(async {});
        let refused = catch_unwind(AssertUnwindSafe(start)).unwrap_err();
        assert!(message(&*refused).starts_with("start was called"));
    });
    assert_eq!(log::with("prop-refused").len(), 1);
}

#[test]
fn a_panic_that_finds_no_start_is_logged() {
    log::keep();
    drop(begun_badly("prop-unstarted"));
    assert_eq!(log::with("prop-unstarted").len(), 1);
}

#[test]
fn a_root_that_panics_when_it_is_dropped_hides_no_panic_of_a_task() {
    let text = panic_of(propagating(two_workers()), async |context| {
        let _bomb = Bomb("the root");
        drop(context.spawn("bad", async { panic!("a task") }));
        pending().await
    });
    assert_eq!(text, "a task");
}

#[test]
fn an_output_that_panics_hides_no_panic_of_a_task() {
    let (runner, context) = Executor::init(propagating(two_workers()));
    let start = || {
        runner.start(async {
            let bad = context.spawn("bad", async { panic!("a task") });
            while !bad.is_finished() {
                thread::yield_now();
            }
            Nested
        })
    };
    let started = catch_unwind(AssertUnwindSafe(start)).map(mem::forget);
    assert_eq!(message(&*started.unwrap_err()), "a task");
}
