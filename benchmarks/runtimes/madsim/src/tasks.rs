//! Workloads of one host: polls, spawns, sleeps.

use madsim::{
    runtime::Runtime,
    task::{spawn, yield_now},
    time::sleep,
};
use std::{hint::black_box, time::Duration};
use work::{HOUR, SLEEP, Size, begun, length};

fn runtime() -> Runtime {
    Runtime::with_seed_and_config(1, madsim::Config::default())
}

pub(crate) fn polls(size: Size) {
    runtime().block_on(async move {
        let task = move || async move {
            for _ in 0..size.each() {
                yield_now().await;
            }
        };
        let tasks: Vec<_> = (0..size.scale).map(|_| spawn(task())).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

pub(crate) fn at_once(size: Size) {
    runtime().block_on(async move {
        let tasks: Vec<_> = (0..size.operations)
            .map(|number| spawn(async move { number }))
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        black_box(sum);
    });
}

pub(crate) fn in_turn(size: Size) {
    runtime().block_on(async move {
        let mut sum = 0;
        for number in 0..size.operations {
            sum += spawn(async move { number }).await.unwrap();
        }
        black_box(sum);
    });
}

/// Tasks that all wait once before any of them ends.
pub(crate) fn live(size: Size) {
    runtime().block_on(async move {
        let tasks: Vec<_> = (0..size.operations).map(|_| spawn(yield_now())).collect();
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
    runtime().block_on(async move {
        let sleeper = move |task| async move {
            for number in 0..size.each() {
                sleep(length(task, number)).await;
            }
        };
        let tasks: Vec<_> = (0..size.scale).map(|task| spawn(sleeper(task))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

pub(crate) fn cancelled(size: Size) {
    runtime().block_on(async move {
        for _ in 0..size.operations {
            begun(sleep(HOUR)).await;
        }
    });
}
