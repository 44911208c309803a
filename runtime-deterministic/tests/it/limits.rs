//! How often a task may be polled at one instant.

use runtime_deterministic::{Config, Context, Executor};
use runtime_traits::{Clock, Runner, Spawner, reschedule};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

#[test]
fn many_polls_of_many_tasks_at_one_instant_are_no_livelock() {
    let mut config = Config::default();
    config.poll_limit = 1_000;
    let (runner, context, _) = Executor::init(config);
    runner.start(async {
        let spin = async || {
            for _ in 0..900 {
                reschedule().await;
            }
        };
        let tasks: Vec<_> = (0..10).map(|_| context.spawn("task", spin())).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn a_limit_of_polls_is_of_each_instant() {
    let run = |last| {
        let mut config = Config::default();
        config.poll_limit = 1_000;
        let (runner, context, _) = Executor::init(config);
        runner.start(async move {
            let inner = context.clone();
            let spin = async move {
                for polls in [1_000, 1_000, last] {
                    for _ in 1..polls {
                        reschedule().await;
                    }
                    inner.sleep(Duration::from_millis(1)).await;
                }
            };
            context.spawn("task", spin).await.unwrap();
        });
    };
    run(1_000);
    let livelock = catch_unwind(|| run(1_001)).expect_err("one poll too many");
    let text = livelock.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("livelock: "), "{text}");
}

/// As an executor with a limit of 1,000 polls runs `program`: what it panicked with.
fn limited(program: impl AsyncFnOnce(Context)) -> Option<String> {
    let mut config = Config::default();
    config.poll_limit = 1_000;
    let (runner, context, _) = Executor::init(config);
    let ended = catch_unwind(AssertUnwindSafe(|| runner.start(program(context))));
    ended
        .err()
        .map(|panic| *panic.downcast::<String>().unwrap())
}

async fn polled(times: u64) {
    for _ in 1..times {
        reschedule().await;
    }
}

#[test]
fn a_limit_of_polls_counts_none_from_before_the_instant() {
    let after_others = async |context: Context, polls| {
        for _ in 0..5 {
            context.spawn("before", polled(900)).await.unwrap();
        }
        context.sleep(Duration::from_millis(1)).await;
        context.spawn("task", polled(polls)).await.unwrap();
    };
    assert_eq!(
        limited(async |context| after_others(context, 1_000).await),
        None
    );
    let livelock = limited(async |context| after_others(context, 1_001).await);
    let text = livelock.expect("one poll too many");
    assert!(text.starts_with("livelock: "), "{text}");
}

#[test]
fn a_task_in_the_place_of_another_has_polls_of_its_own() {
    let ended = limited(async |context| {
        for _ in 0..3 {
            context.spawn("task", polled(900)).await.unwrap();
        }
    });
    assert_eq!(ended, None);
}
