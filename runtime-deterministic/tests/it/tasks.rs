//! Tasks: their ends, their labels, and what a run says when it cannot go on.

use runtime_deterministic::{Config, Context, Crash, Executor, Host, TaskCount};
use runtime_macros::select;
use runtime_traits::{
    Clock, Current, Error, Here, Panics, Random, Runner, Signaler, Spawner, reschedule,
};
use std::{
    collections::BTreeSet,
    future::{pending, poll_fn},
    mem,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    sync::{Arc, Mutex},
    task::{Poll, Wake, Waker},
    time::Duration,
};

/// The text of the panic that ends a run.
pub(super) fn panic_of<F: Future>(config: Config, test: impl FnOnce(Context) -> F) -> String {
    let (runner, context, _) = Executor::init(config);
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async { test(context).await });
    }));
    let payload = result.expect_err("the run was to panic");
    let text = payload.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

#[test]
fn a_task_runs_unawaited_and_its_label_nests() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let inner = context.clone();
        drop(context.spawn("have", async move {
            inner
                .spawn("fun", async { Context::here().unwrap() })
                .await
                .unwrap()
                .tasks()
        }));
        context.sleep(Duration::from_millis(1)).await;
        let count = |label: &str| TaskCount {
            label: label.into(),
            spawned: 1,
            running: 0,
        };
        assert_eq!(context.tasks(), [count("have"), count("have_fun")]);
    });
}

#[test]
fn an_aborted_task_says_so_once_its_future_is_gone() {
    struct Gone(Arc<Mutex<bool>>);
    impl Drop for Gone {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = true;
        }
    }
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let gone = Arc::new(Mutex::new(false));
        let guard = Gone(gone.clone());
        let task = context.spawn("task", async move {
            let _guard = guard;
            pending::<()>().await;
        });
        context.sleep(Duration::from_millis(1)).await;
        task.abort();
        assert!(!*gone.lock().unwrap(), "dropped inside abort");
        assert_eq!(task.await, Err(Error::Aborted));
        assert!(*gone.lock().unwrap());
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "after the run")]
fn the_end_of_a_run_closes_what_is_left() {
    let (runner, context, _) = Executor::default();
    let left = runner.start(async { (context.spawn("task", pending::<()>()),) });
    assert_eq!(futures::executor::block_on(left.0), Err(Error::Closed));
    assert_eq!(
        futures::executor::block_on(context.spawn("late", async {})),
        Err(Error::Closed)
    );
    assert_eq!(
        futures::executor::block_on(context.stopped()),
        Err(Error::Closed)
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "after the run")]
fn a_runner_that_is_dropped_ends_the_run() {
    let (runner, context, _) = Executor::default();
    let task = context.spawn("task", async {});
    drop(runner);
    assert_eq!(futures::executor::block_on(task), Err(Error::Closed));
}

#[test]
fn what_is_spawned_before_start_runs_in_it() {
    let (runner, context, _) = Executor::default();
    let task = context.spawn("task", async { 7 });
    assert_eq!(runner.start(task), Ok(7));
}

#[test]
fn runs_nest() {
    let (runner, context, _) = Executor::seeded(1);
    let inner = runner.start(async {
        let (runner, inner, _) = Executor::seeded(2);
        let task = context.spawn("outer", async { 1 });
        let value = runner.start(async { inner.spawn("inner", async { 2 }).await });
        (task.await, value)
    });
    assert_eq!(inner, (Ok(1), Ok(2)));
}

#[test]
fn a_run_within_another_that_panics_in_any_drop_leaves_the_other_where_it_was() {
    struct Bomb(&'static str);
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic_any(self.0);
        }
    }
    let (runner, context, auditor) = Executor::seeded(1);
    runner.start(async {
        let ended = catch_unwind(|| {
            let (runner, inner, _) = Executor::seeded(2);
            runner.start(async {
                let bomb = Bomb("a task");
                inner.spawn("inner", async move {
                    pending::<()>().await;
                    drop(bomb);
                });
                reschedule().await;
                Bomb("the output")
            })
        });
        let text = ended.map(mem::forget).unwrap_err();
        assert_eq!(text.downcast_ref(), Some(&"a task"));
        context.sleep(Duration::from_millis(1)).await;
    });
    assert_eq!(auditor.work().virtual_nanos, 1_000_000);
}

/// Spawns while it looks at the task's context, where no task may be entered.
struct Spawns;

impl Drop for Spawns {
    fn drop(&mut self) {
        Current::with_context(|context: &Context| drop(context.spawn("late", pending::<()>())));
    }
}

#[test]
fn a_future_that_cannot_be_dropped_as_its_task_is_dropped_all_the_same() {
    let text = panic_of(Config::default(), async |context| {
        let spawns = Spawns;
        let task = context.spawn("task", async move {
            pending::<()>().await;
            drop(spawns);
        });
        drop(task);
        reschedule().await;
    });
    assert!(text.contains("already"), "{text}");
}

#[test]
fn a_panic_leaves_start_or_ends_its_task_alone() {
    let text = panic_of(Config::default(), async |context| {
        context
            .spawn("task", async { panic!("planted") })
            .await
            .unwrap();
    });
    assert_eq!(text, "planted");
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, _) = Executor::init(config);
    runner.start(async {
        let task = context.spawn("task", async { panic!("planted") });
        assert_eq!(task.await, Err::<(), _>(Error::Exited));
    });
}

#[test]
fn a_caught_panic_ends_the_process_of_its_host() {
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, _) = Executor::init(config);
    runner.start(async {
        let host = context.world().host("db", async |context: Context| {
            context.spawn("bystander", pending::<()>()).await
        });
        let host = host.unwrap();
        let panics = host.context().spawn("task", async { panic!("planted") });
        assert_eq!(panics.await, Err::<(), _>(Error::Exited));
        assert_eq!(host.wait().await, Err(Error::Exited));
        host.restart().unwrap();
    });
}

#[test]
fn stop_is_told_once_and_kills_nothing() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let early = context.spawn("early", context.stopped());
        context.stop(3);
        context.stop(4);
        assert_eq!(early.await, Ok(Ok(3)));
        assert_eq!(context.stopped().await, Ok(3));
    });
}

#[test]
fn select_is_fair_and_drawn_from_the_seed() {
    let winners = |seed| {
        let (runner, _, _) = Executor::seeded(seed);
        runner.start(async {
            let mut winners = Vec::new();
            for _ in 0..300 {
                winners.push(select! {
                    _ = async {} => 0,
                    _ = pending::<()>() => 1,
                    _ = async {} => 2,
                });
            }
            winners
        })
    };
    let first = winners(5);
    assert_eq!(first, winners(5));
    assert_ne!(first, winners(6));
    let zeros = first.iter().filter(|winner| **winner == 0).count();
    assert!((110..190).contains(&zeros), "{zeros} of 300");
}

#[test]
fn the_choice_of_a_task_does_not_follow_the_order_of_wakes() {
    let order = |schedule: &str, reversed: bool| {
        let mut config = Config::default();
        (config.seed, config.schedule) = (9, schedule.parse().unwrap());
        let (runner, context, _) = Executor::init(config);
        runner.start(async {
            let log = Arc::new(Mutex::new(Vec::new()));
            let (mut signalers, mut tasks) = (Vec::new(), Vec::new());
            for number in 0..6 {
                let (signaler, signal) = Signaler::new();
                let log = log.clone();
                signalers.push(signaler);
                tasks.push(context.spawn("task", async move {
                    signal.await.unwrap();
                    log.lock().unwrap().push(number);
                }));
            }
            context.sleep(Duration::from_millis(1)).await;
            if reversed {
                signalers.reverse();
            }
            signalers.iter_mut().for_each(|signaler| signaler.signal(0));
            for task in tasks {
                task.await.unwrap();
            }
            drop(signalers);
            Arc::into_inner(log).unwrap().into_inner().unwrap()
        })
    };
    for schedule in ["random", "fifo", "weighted", "pct depth=3 steps=20"] {
        assert_eq!(order(schedule, false), order(schedule, true), "{schedule}");
    }
}

/// The order in which eight tasks run that are spawned at once.
async fn spawned_order(context: &Context) -> Vec<u32> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let spawn = |number| {
        let log = log.clone();
        context.spawn("task", async move { log.lock().unwrap().push(number) })
    };
    for task in (0..8).map(spawn).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    Arc::into_inner(log).unwrap().into_inner().unwrap()
}

#[test]
fn seeds_give_different_orders() {
    let order = |seed| {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(spawned_order(&context))
    };
    assert!((0..50).map(order).collect::<BTreeSet<_>>().len() > 40);
}

#[test]
fn a_draw_of_the_user_moves_no_schedule() {
    let order = |draws: usize| {
        let (runner, context, _) = Executor::seeded(4);
        let drawn: Vec<_> = (0..draws).map(|_| context.next_u64()).collect();
        assert_eq!(drawn.len(), draws);
        runner.start(spawned_order(&context))
    };
    assert_eq!(order(0), order(3));
}

/// A waker of the user's that asks the context when it wakes and when it is dropped.
struct Asking {
    context: Context,
    answers: Mutex<Vec<usize>>,
}

impl Wake for Asking {
    fn wake(self: Arc<Self>) {
        self.answers
            .lock()
            .unwrap()
            .push(self.context.tasks().len());
    }
}

#[test]
fn a_waker_may_use_the_context_it_wakes_from() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        context.spawn("task", async {}).await.unwrap();
        let answers = Mutex::default();
        let asking = Arc::new(Asking {
            context: context.clone(),
            answers,
        });
        let waker = Waker::from(asking.clone());
        let mut sleep = Box::pin(context.sleep(Duration::from_millis(1)));
        let polled = sleep
            .as_mut()
            .poll(&mut std::task::Context::from_waker(&waker));
        assert!(polled.is_pending());
        context.sleep(Duration::from_millis(2)).await;
        assert_eq!(*asking.answers.lock().unwrap(), [1]);
    });
}

#[test]
fn a_detached_tasks_output_is_dropped_when_the_task_ends() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let output = Arc::new(());
        let (held, kept) = (output.clone(), Arc::new(Mutex::new(None)));
        let place = kept.clone();
        drop(context.spawn("task", async move {
            // A waker that is kept keeps no output.
            let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
            *place.lock().unwrap() = Some(waker);
            held
        }));
        context.sleep(Duration::from_millis(1)).await;
        assert_eq!(Arc::strong_count(&output), 1);
        drop(kept);
    });
}

#[test]
fn a_task_that_brings_its_host_down_has_crashed() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let world = context.world();
        let (send, receive) = futures::channel::oneshot::channel::<Host<i32>>();
        let mut receive = Some(receive);
        let host = world.host("db", move |_| {
            let receive = receive.take();
            async move {
                let host = receive.unwrap().await.unwrap();
                host.crash(Crash::Reset).unwrap();
                7
            }
        });
        let host = host.unwrap();
        let end = host.wait();
        let _ = send.send(host.clone());
        assert_eq!(end.await, Err(Error::Exited));
    });
}

#[test]
fn a_deadlock_within_a_limit_is_told_as_one() {
    let mut config = Config::default();
    config.timeout = Some(Duration::from_secs(60));
    let text = panic_of(config, async |_| pending::<()>().await);
    assert!(text.starts_with("deadlock at 0.000000 ms"), "{text}");
}
