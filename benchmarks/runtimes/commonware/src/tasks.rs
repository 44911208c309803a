//! Workloads of one host: polls, spawns, sleeps.

use commonware_runtime::{Clock, Runner, Spawner, Supervisor, deterministic, reschedule};
use std::{hint::black_box, time::Duration};
use work::{BEAT, HOUR, SLEEP, Size, begun, length};

fn run<F: Future>(work: impl FnOnce(deterministic::Context) -> F) -> F::Output {
    deterministic::Runner::seeded(1).start(work)
}

pub(crate) fn polls(size: Size) {
    run(|context| async move {
        let task = move |_| async move {
            for _ in 0..size.each() {
                reschedule().await;
            }
        };
        let tasks: Vec<_> = (0..size.scale)
            .map(|_| context.child("task").spawn(task))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

pub(crate) fn at_once(size: Size) {
    run(|context| async move {
        let tasks: Vec<_> = (0..size.operations)
            .map(|number| context.child("task").spawn(move |_| async move { number }))
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        black_box(sum);
    });
}

pub(crate) fn in_turn(size: Size) {
    run(|context| async move {
        let mut sum = 0;
        for number in 0..size.operations {
            let task = context.child("task").spawn(move |_| async move { number });
            sum += task.await.unwrap();
        }
        black_box(sum);
    });
}

/// Tasks that all wait once before any of them ends.
pub(crate) fn live(size: Size) {
    run(|context| async move {
        let tasks: Vec<_> = (0..size.operations)
            .map(|_| context.child("task").spawn(|_| reschedule()))
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

pub(crate) fn heartbeats(size: Size) {
    sleeps(size, |_, _| BEAT);
}

fn sleeps(size: Size, length: fn(u64, u64) -> Duration) {
    run(|context| async move {
        let sleeper = |task| {
            move |context: deterministic::Context| async move {
                for number in 0..size.each() {
                    context.sleep(length(task, number)).await;
                }
            }
        };
        let tasks: Vec<_> = (0..size.scale)
            .map(|task| context.child("task").spawn(sleeper(task)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

pub(crate) fn cancelled(size: Size) {
    run(|context| async move {
        for _ in 0..size.operations {
            begun(context.sleep(HOUR)).await;
        }
    });
}
