//! After `stop`: who may end by itself, and who is named.

use crate::{log, one_thread, two_workers};
use runtime_tokio::{Config, Context, Executor};
use runtime_traits::{Clock, Current, Runner, Spawner};
use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

const FLAVOURS: [fn() -> Config; 2] = [two_workers, one_thread];

#[test]
fn after_stop_tasks_end_by_themselves() {
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let (sender, receiver) = mpsc::channel();
        runner.start(async {
            let inside = context.clone();
            drop(context.spawn("leaving", async move {
                let value = inside.stopped().await.unwrap();
                inside.sleep(Duration::from_millis(5)).await;
                sender.send(value).unwrap();
            }));
            context.stop(3);
        });
        assert_eq!(receiver.try_recv(), Ok(3));
    }
}

#[test]
fn what_is_still_running_after_the_grace_is_named_by_label_and_dropped() {
    log::keep();
    for (config, name) in FLAVOURS.into_iter().zip(["hung-on-two", "hung-on-one"]) {
        let mut config = config();
        config.shutdown_grace = Duration::from_millis(20);
        let (runner, context) = Executor::init(config);
        let begin = context.monotonic();
        let (held, dropped) = mpsc::channel::<()>();
        runner.start(async {
            let inside = context.clone();
            let outer = context.spawn("quick", async move {
                drop(inside.spawn(name, async move {
                    let _held = held;
                    pending::<()>().await;
                }));
            });
            context.stop(0);
            outer.await.unwrap();
        });
        assert!(context.monotonic() >= begin + Duration::from_millis(20));
        assert_eq!(dropped.try_recv(), Err(mpsc::TryRecvError::Disconnected));
        let lines = log::with(&format!("quick_{name}"));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].starts_with("WARN") && lines[0].contains("still running"),
            "{lines:?}"
        );
    }
}

#[test]
fn a_run_that_was_not_stopped_or_failed_waits_for_no_task() {
    for stops in [false, true] {
        let mut config = two_workers();
        config.shutdown_grace = Duration::from_secs(3600);
        let (runner, context) = Executor::init(config);
        let start = || {
            runner.start(async {
                drop(context.spawn("hung", pending::<()>()));
                if stops {
                    context.stop(0);
                    panic!("failed");
                }
            });
        };
        assert_eq!(catch_unwind(AssertUnwindSafe(start)).is_err(), stops);
    }
}

#[test]
fn tasks_that_are_spawned_while_the_run_drains_are_waited_for_too() {
    let (runner, context) = Executor::init(two_workers());
    let (sender, receiver) = mpsc::channel();
    runner.start(async {
        let inside = context.clone();
        drop(context.spawn("first", async move {
            inside.stopped().await.unwrap();
            inside.sleep(Duration::from_millis(5)).await;
            let clock = inside.clone();
            drop(inside.spawn("second", async move {
                clock.sleep(Duration::from_millis(5)).await;
                sender.send("second").unwrap();
            }));
        }));
        context.stop(0);
    });
    assert_eq!(receiver.try_recv(), Ok("second"));
}

#[test]
fn a_task_that_blocking_work_or_another_thread_spawns_is_waited_for_too() {
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let (sender, receiver) = mpsc::channel();
        runner.start(async {
            let slow = |context: &Context, sender: &mpsc::Sender<String>| {
                let (clock, sender) = (context.clone(), sender.clone());
                async move {
                    clock.sleep(Duration::from_millis(10)).await;
                    sender.send(Current::label()).unwrap();
                }
            };
            let (inside, told) = (context.clone(), sender.clone());
            let work = context.spawn_blocking("work", move || {
                drop(inside.spawn("of work", slow(&inside, &told)));
            });
            work.await.unwrap();
            let inside = context.clone();
            drop(context.spawn("first", async move {
                inside.stopped().await.unwrap();
                // The root has returned by now.
                inside.sleep(Duration::from_millis(5)).await;
                let guest =
                    thread::spawn(move || drop(inside.spawn("guest", slow(&inside, &sender))));
                guest.join().unwrap();
            }));
            context.stop(0);
        });
        let mut ended: Vec<_> = receiver.try_iter().collect();
        ended.sort();
        assert_eq!(ended, ["guest", "work_of work"]);
    }
}

#[test]
fn blocking_work_is_not_waited_for_as_a_task() {
    log::keep();
    for (config, name) in FLAVOURS.into_iter().zip(["work-of-two", "work-of-one"]) {
        let mut config = config();
        config.shutdown_grace = Duration::from_millis(20);
        let (runner, context) = Executor::init(config);
        let (free, wait) = mpsc::channel::<()>();
        runner.start(async {
            drop(context.spawn_blocking(name, move || _ = wait.recv()));
            context.stop(0);
        });
        let lines = log::with(name);
        assert!(
            lines.len() == 1 && lines[0].contains("blocking work abandoned"),
            "{lines:?}"
        );
        drop(free);
    }
}

#[test]
fn no_task_has_longer_than_the_grace() {
    for config in FLAVOURS {
        let mut config = config();
        config.shutdown_grace = Duration::from_millis(20);
        let (runner, context) = Executor::init(config);
        let (sender, receiver) = mpsc::channel();
        runner.start(async {
            let inside = context.clone();
            drop(context.spawn("slow", async move {
                inside.sleep(Duration::from_secs(2)).await;
                sender.send("had the time").unwrap();
            }));
            context.stop(0);
        });
        assert_eq!(receiver.recv(), Err(mpsc::RecvError));
    }
}
