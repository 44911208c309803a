//! A run: what it is before `start`, what other threads may do with it, `stop`, and its end.

use crate::{
    drops::Guard,
    outside::{block_on, poll_once},
};
use runtime_traits::{Clock, Error, Handle, Runner, Signaler, Spawner};
use std::{
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Poll, Waker},
    thread,
    time::Duration,
};

/// `start` polls a root that borrows from its caller, and returns its output.
pub fn start_returns_the_roots_output<R: Runner, C: Spawner>((runner, context): (R, C)) {
    let mut borrowed = vec![1];
    let output = runner.start(async {
        borrowed.push(context.spawn("two", async { 2 }).await.unwrap());
        borrowed.len()
    });
    assert_eq!((output, borrowed), (2, vec![1, 2]));
}

/// A panic of the root leaves `start` as it was raised, whatever is done with those of tasks.
pub fn a_panic_of_the_root_leaves_start<R: Runner, C: Spawner>((runner, context): (R, C)) {
    let root = async {
        context.spawn("child", async {}).await.unwrap();
        panic!("the root's own words");
    };
    let payload = catch_unwind(AssertUnwindSafe(|| runner.start(root))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"the root's own words"));
}

/// When the root returns, the tasks that still wait are dropped before `start` returns.
pub fn tasks_are_dropped_when_the_root_returns<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    let (guard, fate) = Guard::new();
    runner.start(async {
        let _left = context.spawn("left", async move {
            let _guard = guard;
            pending::<()>().await;
        });
        context.sleep(Duration::from_millis(5)).await;
        assert!(!fate.is_dropped(), "its root still runs");
    });
    assert!(fate.is_dropped());
}

/// Two tasks that hold each other's handle are freed at the end of the run.
pub fn tasks_that_wait_on_each_other_are_freed<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    let (guards, fates): (Vec<_>, Vec<_>) = (0..2).map(|_| Guard::new()).unzip();
    runner.start(async {
        let slots: [Arc<Mutex<Option<Handle<()>>>>; 2] = Default::default();
        let handles = guards.into_iter().zip(&slots).map(|(guard, slot)| {
            let (clock, slot) = (context.clone(), slot.clone());
            context.spawn("knot", async move {
                let _guard = guard;
                clock.sleep(Duration::from_millis(5)).await;
                let other = slot.lock().unwrap().take();
                let _ = other.expect("the other's handle").await;
            })
        });
        for (handle, slot) in handles.collect::<Vec<_>>().into_iter().rev().zip(&slots) {
            *slot.lock().unwrap() = Some(handle);
        }
        context.sleep(Duration::from_millis(20)).await;
    });
    assert!(fates.iter().all(|fate| fate.is_dropped()));
}

/// A waker that outlives its run may be cloned, woken and dropped.
pub fn a_waker_kept_past_the_end_is_harmless<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
) {
    let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
    let keep = kept.clone();
    runner.start(async {
        let _left = context.spawn(
            "left",
            poll_fn(move |cx| {
                keep.lock().unwrap().push(cx.waker().clone());
                Poll::<()>::Pending
            }),
        );
        while kept.lock().unwrap().is_empty() {
            context.sleep(Duration::from_millis(1)).await;
        }
    });
    let wakers = std::mem::take(&mut *kept.lock().unwrap());
    for waker in wakers {
        let clone = waker.clone();
        waker.wake_by_ref();
        waker.wake();
        drop(clone);
    }
}

/// A context makes tasks and sleeps before `start`; what it made may be awaited inside.
pub fn a_context_works_before_start<R: Runner, C: Spawner + Clock>((runner, context): (R, C)) {
    let task = context.spawn("early", async { 4 });
    let sleep = context.sleep(Duration::from_millis(1));
    let signal = context.stopped();
    context.stop(6);
    runner.start(async {
        sleep.await;
        assert_eq!(task.await, Ok(4));
        assert_eq!(signal.await, Ok(6));
    });
}

/// A context works on threads that the runtime did not start, while the run goes on.
pub fn a_context_works_from_any_thread<R: Runner, C: Spawner + Clock>((runner, context): (R, C)) {
    runner.start(async {
        let foreign = context.clone();
        let made = thread::spawn(move || {
            let task = foreign.spawn("foreign", async { 4 });
            let sleep = foreign.sleep(Duration::from_millis(1));
            foreign.stop(6);
            (task, sleep)
        });
        let (task, sleep) = made.join().expect("the thread makes them");
        sleep.await;
        assert_eq!(task.await, Ok(4));
        assert_eq!(context.stopped().await, Ok(6));
    });
}

/// After the end, handles yield [`Error::Closed`]: of tasks that were cut off, of new ones, and of
/// blocking work.
pub fn after_the_end_handles_are_closed<R: Runner, C: Spawner>((runner, context): (R, C)) {
    let mut cut_off = None;
    runner.start(async { cut_off = Some(context.spawn("cut_off", pending::<()>())) });
    assert_eq!(cut_off.map(block_on), Some(Err(Error::Closed)));
    assert_eq!(
        block_on(context.spawn("late", async {})),
        Err(Error::Closed)
    );
    assert_eq!(
        block_on(context.spawn_blocking("late", || ())),
        Err(Error::Closed)
    );
}

/// A future that is spawned after the end is dropped unpolled, and blocking work never begins.
pub fn after_the_end_no_task_runs<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {});
    let (guard, fate) = Guard::new();
    let runs = Arc::new(AtomicUsize::new(0));
    let count = runs.clone();
    let late = context.spawn("late", async move {
        let _guard = guard;
        count.fetch_add(1, SeqCst);
    });
    let _ = block_on(late);
    assert!(fate.is_dropped());
    let (count, (guard, fate)) = (runs.clone(), Guard::new());
    let late = context.spawn_blocking("late", move || {
        let _guard = guard;
        count.fetch_add(1, SeqCst);
    });
    let _ = block_on(late);
    assert!(fate.is_dropped());
    assert_eq!(runs.load(SeqCst), 0);
}

/// After the end `stop` changes nothing, and [`stopped`](Spawner::stopped) yields
/// [`Error::Closed`], unless `stop` came before.
pub fn after_the_end_stopped_is_closed<R: Runner, C: Spawner>((runner, context): (R, C)) {
    let mut signal = None;
    runner.start(async { signal = Some(context.stopped()) });
    assert_eq!(signal.map(block_on), Some(Err(Error::Closed)));
    context.stop(1);
    assert_eq!(block_on(context.stopped()), Err(Error::Closed));
}

/// Dropping a runner that was never started ends the run: what was spawned is dropped and closed.
pub fn dropping_a_runner_ends_its_run<R: Runner, C: Spawner>((runner, context): (R, C)) {
    let (guard, fate) = Guard::new();
    let task = context.spawn("early", async move {
        let _guard = guard;
        pending::<()>().await;
    });
    drop(runner);
    assert_eq!(block_on(task), Err(Error::Closed));
    assert!(fate.is_dropped());
}

/// `stop` tells a value and ends nothing by itself.
pub fn stop_kills_no_task<R: Runner, C: Spawner + Clock>((runner, context): (R, C)) {
    runner.start(async {
        let (mut signaler, signal) = Signaler::new();
        let clock = context.clone();
        let task = context.spawn("works_on", async move {
            let told = clock.stopped().await;
            clock.sleep(Duration::from_millis(5)).await;
            signaler.signal(told.unwrap());
        });
        context.sleep(Duration::from_millis(5)).await;
        context.stop(9);
        assert_eq!(signal.await, Ok(9));
        assert_eq!(task.await, Ok(()));
    });
}

/// The first value of `stop` wins.
pub fn the_first_value_of_stop_wins<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        context.stop(1);
        context.stop(2);
        assert_eq!(context.stopped().await, Ok(1));
        context.stop(3);
        assert_eq!(context.stopped().await, Ok(1));
    });
}

/// After `stop`, [`stopped`](Spawner::stopped) resolves at its first poll, each time and each clone.
pub fn stopped_resolves_at_once_after_stop<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let mut before = context.stopped();
        assert_eq!(poll_once(&mut before), Poll::Pending);
        context.stop(5);
        for mut signal in [before.clone(), before, context.stopped()] {
            assert_eq!(poll_once(&mut signal), Poll::Ready(Ok(5)));
            assert_eq!(poll_once(&mut signal), Poll::Ready(Ok(5)), "once more");
        }
    });
}
