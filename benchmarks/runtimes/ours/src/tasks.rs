//! Workloads of one host: polls, spawns, sleeps.

use runtime_deterministic::{Context, Executor};
use runtime_traits::{Clock, Runner, Spawner, reschedule};
use std::{hint::black_box, time::Duration};
use work::{HOUR, SLEEP, Size, begun, length};

pub(crate) fn polls(size: Size) {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let task = || async move {
            for _ in 0..size.each() {
                reschedule().await;
            }
        };
        let tasks: Vec<_> = (0..size.scale)
            .map(|_| context.spawn("task", task()))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

pub(crate) fn at_once(size: Size) {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let tasks: Vec<_> = (0..size.operations)
            .map(|number| context.spawn("task", async move { number }))
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        black_box(sum);
    });
}

pub(crate) fn in_turn(size: Size) {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let mut sum = 0;
        for number in 0..size.operations {
            sum += context.spawn("task", async move { number }).await.unwrap();
        }
        black_box(sum);
    });
}

/// Tasks that all wait once before any of them ends.
pub(crate) fn live(size: Size) {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let tasks: Vec<_> = (0..size.operations)
            .map(|_| context.spawn("task", reschedule()))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

pub(crate) fn equal_sleeps(size: Size) {
    sleeps(size, |_, _| SLEEP);
}

pub(crate) fn random_sleeps(size: Size) {
    sleeps(size, length);
}

fn sleeps(size: Size, length: fn(u64, u64) -> Duration) {
    async fn sleeper(context: Context, task: u64, sleeps: u64, length: fn(u64, u64) -> Duration) {
        for number in 0..sleeps {
            context.sleep(length(task, number)).await;
        }
    }
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let tasks: Vec<_> = (0..size.scale)
            .map(|task| {
                let sleeper = sleeper(context.clone(), task, size.each(), length);
                context.spawn("task", sleeper)
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

pub(crate) fn cancelled(size: Size) {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        for _ in 0..size.operations {
            begun(context.sleep(HOUR)).await;
        }
    });
}
