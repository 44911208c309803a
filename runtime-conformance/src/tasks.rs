//! Tasks: how they start and end, what their handles yield, how their labels nest.
//!
//! The clauses ask for [`Spawner`], some for [`Clock`] to let time pass, and know of no other trait.

use crate::drops::Guard;
use runtime_traits::{Clock, Current, Error, Here, Runner, Signaler, Spawner, reschedule};
use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
    time::Duration,
};

/// A spawned task runs although nobody polls its handle.
pub fn a_task_starts_without_being_awaited<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let (mut signaler, signal) = Signaler::new();
        let _handle = context.spawn("eager", async move { signaler.signal(1) });
        assert_eq!(signal.await, Ok(1));
    });
}

/// A task runs on after its handle was dropped.
pub fn dropping_a_handle_detaches_its_task<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (mut signaler, signal) = Signaler::new();
        let clock = context.clone();
        let detached = context.spawn("detached", async move {
            clock.sleep(Duration::from_millis(5)).await;
            signaler.signal(1);
        });
        drop(detached);
        assert_eq!(signal.await, Ok(1));
    });
}

/// A handle yields the value that its task returned.
pub fn a_handle_yields_what_its_task_returned<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        assert_eq!(context.spawn("sum", async { 1 + 1 }).await, Ok(2));
    });
}

/// [`is_finished`](runtime_traits::Handle::is_finished) is false while the task waits, and true at
/// some time after it returned.
pub fn is_finished_tells_when_a_task_has_ended<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (mut signaler, signal) = Signaler::new();
        let handle = context.spawn("waits", signal);
        context.sleep(Duration::from_millis(5)).await;
        assert!(!handle.is_finished(), "the task still waits");
        signaler.signal(1);
        while !handle.is_finished() {
            context.sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(handle.await, Ok(Ok(1)));
    });
}

/// An abort before the first poll, and each further one, ends the task; its future never runs.
pub fn abort_is_idempotent_and_may_come_before_the_first_poll<R: Runner, C: Spawner>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let handle = context.spawn("aborted", pending::<()>());
        handle.abort();
        handle.abort();
        assert_eq!(handle.await, Err(Error::Aborted));
    });
}

/// An aborted task's future is dropped as that task, with its label, not by the caller of `abort`.
pub fn an_aborted_future_is_dropped_by_its_own_task<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (guard, fate) = Guard::new();
        let handle = context.spawn("victim", async move {
            let _guard = guard;
            pending::<()>().await;
        });
        context.sleep(Duration::from_millis(5)).await;
        handle.abort();
        assert_eq!(handle.await, Err(Error::Aborted));
        assert_eq!(fate.label().as_deref(), Some("victim"));
    });
}

/// Once a handle yields [`Error::Aborted`], the future's destructors have run.
pub fn a_handle_yields_aborted_only_after_its_future_was_dropped<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (guard, fate) = Guard::new();
        let handle = context.spawn("victim", async move {
            let _guard = guard;
            pending::<()>().await;
        });
        context.sleep(Duration::from_millis(5)).await;
        handle.abort();
        assert_eq!(handle.await, Err(Error::Aborted));
        assert!(fate.is_dropped(), "the handle came before the drop");
    });
}

/// A task that has returned keeps its output, whoever aborts it.
pub fn abort_after_completion_changes_nothing<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let handle = context.spawn("done", async { 7 });
        while !handle.is_finished() {
            context.sleep(Duration::from_millis(1)).await;
        }
        handle.abort();
        assert!(handle.is_finished());
        assert_eq!(handle.await, Ok(7));
    });
}

/// The label of a task is its own behind its spawner's: `fun` spawned by `have` is `have_fun`.
pub fn labels_nest_by_task<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        assert_eq!(Current::label(), "");
        let inner = context.clone();
        let have = context.spawn("have", async move {
            let fun = inner.spawn("fun", async { Current::label() });
            (Current::label(), fun.await, Current::label())
        });
        let seen = have.await.expect("the task returns");
        assert_eq!(seen, ("have".into(), Ok("have_fun".into()), "have".into()));
    });
}

/// Work that blocks has a label too, below its spawner's.
pub fn blocking_work_has_its_label<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let inner = context.clone();
        let have = context.spawn("have", async move {
            inner.spawn_blocking("work", Current::label).await
        });
        assert_eq!(have.await, Ok(Ok("have_work".into())));
    });
}

/// A future is dropped as the task that it is: at its end, and at the end of the run.
pub fn a_future_is_dropped_as_its_task<R: Runner, C: Spawner>((runner, context): (R, C)) {
    let (left, left_fate) = Guard::new();
    let (ended, ended_fate) = Guard::new();
    runner.start(async {
        let left = context.spawn("left", async move {
            let _guard = left;
            pending::<()>().await;
        });
        let ended = context.spawn("ended", async move { drop(ended) });
        assert_eq!(ended.await, Ok(()));
        drop(left);
    });
    assert_eq!(ended_fate.label().as_deref(), Some("ended"));
    assert_eq!(left_fate.label().as_deref(), Some("left"));
}

/// [`Here::here`] is the run's own context inside the root and its tasks, and `None` outside.
pub fn here_is_the_context_of_the_polled_task<R: Runner, C: Spawner + Here>(
    (runner, context): (R, C),
) {
    assert!(C::here().is_none(), "no task is polled yet");
    runner.start(async {
        assert!(C::here().is_some(), "the root is a task too");
        let child = context.spawn("child", async {
            C::here().expect("a task is polled").stop(3);
        });
        assert_eq!(child.await, Ok(()));
        assert_eq!(context.stopped().await, Ok(3), "it is this run's context");
    });
    assert!(C::here().is_none(), "no task is polled any more");
}

/// [`reschedule`] lets the other tasks run that are ready.
pub fn reschedule_gives_way<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let done = Arc::new(AtomicBool::new(false));
        let set = done.clone();
        let _other = context.spawn("other", async move {
            reschedule().await;
            set.store(true, SeqCst);
        });
        while !done.load(SeqCst) {
            reschedule().await;
        }
    });
}

/// A task that is woken while it is polled, also more than once, is polled again and runs to its
/// end, and its wakes are not counted: it ends once.
pub fn a_task_may_wake_itself_repeatedly<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let task = context.spawn("busy", async {
            let mut polls = 0;
            std::future::poll_fn(|cx| {
                polls += 1;
                cx.waker().wake_by_ref();
                cx.waker().wake_by_ref();
                if polls < 10 {
                    std::task::Poll::Pending
                } else {
                    std::task::Poll::Ready(())
                }
            })
            .await;
            polls
        });
        assert_eq!(task.await, Ok(10));
    });
}

/// [`spawn_blocking`](Spawner::spawn_blocking) runs its work, and the handle yields what it returned.
pub fn blocking_work_yields_its_value<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        assert_eq!(context.spawn_blocking("sum", || 1 + 1).await, Ok(2));
    });
}

/// Aborting blocking work resolves its handle at once; when it had begun, it runs on to its end.
pub fn aborted_blocking_work_resolves_and_runs_on<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let work = |patience: u64| {
        let (release, released) = mpsc::channel::<()>();
        let steps = steps.clone();
        let work = move || {
            steps.lock().unwrap().push("begun");
            // In a simulation it runs in one poll, and nobody can release it.
            let _ = released.recv_timeout(Duration::from_millis(patience));
            steps.lock().unwrap().push("done");
        };
        (release, context.spawn_blocking("work", work))
    };
    runner.start(async {
        let (release, early) = work(500);
        early.abort();
        assert!(early.is_finished(), "it resolves at once");
        assert_eq!(early.await, Err(Error::Aborted));
        drop(release);

        let (release, begun) = work(20);
        context.sleep(Duration::from_millis(5)).await;
        begun.abort();
        match begun.await {
            Ok(()) => assert!(steps.lock().unwrap().contains(&"done")),
            yielded => assert_eq!(yielded, Err(Error::Aborted)),
        }
        drop(release);
    });
    // The end of a run waits for blocking work.
    let steps = steps.lock().unwrap();
    let count = |step| steps.iter().filter(|other| **other == step).count();
    assert_eq!(count("begun"), count("done"), "{steps:?}");
}
