//! Workloads of one host: polls, spawns, sleeps.

use moonpool_sim::{
    NetworkConfiguration, SimWorld, TimeProvider,
    executor::{Executor, spawn, until_stalled, yield_now},
};
use std::{hint::black_box, time::Duration};
use work::{BEAT, HOUR, SLEEP, Size, begun, length};

/// It panics at 1,000,000 polls in which no time passes: the turns of each task come in so many parts.
const PARTS: u64 = 10;

pub(crate) fn world() -> SimWorld {
    SimWorld::new_with_network_config(NetworkConfiguration::fast_local())
}

/// Lets time pass until `done`.
pub(crate) async fn drive(world: &mut SimWorld, done: impl Fn() -> bool) {
    until_stalled().await;
    while !done() {
        world.step();
        until_stalled().await;
    }
}

pub(crate) fn polls(size: Size) {
    Executor::new(1).block_on(async {
        for _ in 0..PARTS {
            let task = || async move {
                for _ in 0..size.each() / PARTS {
                    yield_now().await;
                }
            };
            let tasks: Vec<_> = (0..size.scale).map(|_| spawn("task", task())).collect();
            until_stalled().await;
            for task in tasks {
                task.await.unwrap();
            }
        }
    });
}

pub(crate) fn at_once(size: Size) {
    Executor::new(1).block_on(async {
        let tasks: Vec<_> = (0..size.operations)
            .map(|number| spawn("task", async move { number }))
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        black_box(sum);
    });
}

pub(crate) fn in_turn(size: Size) {
    Executor::new(1).block_on(async {
        let all = spawn("all", async move {
            let mut sum = 0;
            for number in 0..size.operations {
                sum += spawn("task", async move { number }).await.unwrap();
            }
            black_box(sum);
        });
        all.await.unwrap();
    });
}

/// Tasks that all wait once before any of them ends.
pub(crate) fn live(size: Size) {
    Executor::new(1).block_on(async {
        let tasks: Vec<_> = (0..size.operations)
            .map(|_| spawn("task", yield_now()))
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
    let mut world = world();
    let time = world.time_provider();
    Executor::new(1).block_on(async {
        let sleeper = |task| {
            let time = time.clone();
            async move {
                for number in 0..size.each() {
                    time.sleep(length(task, number)).await.unwrap();
                }
            }
        };
        let tasks: Vec<_> = (0..size.scale)
            .map(|task| spawn("task", sleeper(task)))
            .collect();
        let all = spawn("all", async move {
            for task in tasks {
                task.await.unwrap();
            }
        });
        drive(&mut world, || all.is_finished()).await;
    });
}

pub(crate) fn cancelled(size: Size) {
    let world = world();
    let time = world.time_provider();
    Executor::new(1).block_on(async {
        for _ in 0..size.operations {
            begun(time.sleep(HOUR)).await;
        }
    });
}
