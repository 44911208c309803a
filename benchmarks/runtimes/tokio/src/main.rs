//! The workloads on plain tokio, which simulates nothing: the current-thread runtime, its clock paused.
//! What every other figure is divided by.
#![forbid(unsafe_code)]

use std::{hint::black_box, process::ExitCode, sync::Mutex, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    runtime::{Builder, Runtime},
    task::yield_now,
    time::sleep,
};
use work::{BEAT, BLOCK, Can, HOUR, MESSAGE, SLEEP, Size, begun, length};

fn main() -> ExitCode {
    work::measure(&[
        ("a", Can::Do(polls)),
        ("b", Can::Do(at_once)),
        ("b2", Can::Do(in_turn)),
        ("c", Can::Do(equal_sleeps)),
        (
            "c-random",
            Can::But(random_sleeps, "rounds deadlines up to 1 ms"),
        ),
        (
            "d",
            Can::But(round_trips, "through a pipe in memory; no hosts, no link"),
        ),
        (
            "e",
            Can::But(runtimes, "a fresh runtime and a pipe; no hosts"),
        ),
        ("f", Can::But(heartbeats, "ten tasks; no hosts")),
        (
            "g",
            Can::But(
                copies,
                "copies the bytes into memory that was touched before; no disk",
            ),
        ),
        ("cancelled", Can::Do(cancelled)),
        ("memory", Can::Do(live)),
    ])
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

fn polls(size: Size) {
    runtime().block_on(async {
        let task = || async move {
            for _ in 0..size.each() {
                yield_now().await;
            }
        };
        let tasks: Vec<_> = (0..size.scale).map(|_| tokio::spawn(task())).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn at_once(size: Size) {
    runtime().block_on(async {
        let tasks: Vec<_> = (0..size.operations)
            .map(|number| tokio::spawn(async move { number }))
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        black_box(sum);
    });
}

fn in_turn(size: Size) {
    runtime().block_on(async {
        let mut sum = 0;
        for number in 0..size.operations {
            sum += tokio::spawn(async move { number }).await.unwrap();
        }
        black_box(sum);
    });
}

/// Tasks that all wait once before any of them ends.
fn live(size: Size) {
    runtime().block_on(async {
        let tasks: Vec<_> = (0..size.operations)
            .map(|_| tokio::spawn(yield_now()))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn equal_sleeps(size: Size) {
    sleeps(size, |_, _| SLEEP);
}

fn random_sleeps(size: Size) {
    sleeps(size, length);
}

fn sleeps(size: Size, length: fn(u64, u64) -> Duration) {
    runtime().block_on(async {
        let sleeper = |task| async move {
            for number in 0..size.each() {
                sleep(length(task, number)).await;
            }
        };
        let tasks: Vec<_> = (0..size.scale)
            .map(|task| tokio::spawn(sleeper(task)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn cancelled(size: Size) {
    runtime().block_on(async {
        for _ in 0..size.operations {
            begun(sleep(HOUR)).await;
        }
    });
}

fn round_trips(size: Size) {
    runtime().block_on(async {
        let (mut near, mut far) = duplex(4096);
        let server = tokio::spawn(async move {
            let mut bytes = [0; MESSAGE];
            while far.read_exact(&mut bytes).await.is_ok() {
                far.write_all(&bytes).await.unwrap();
            }
        });
        let mut bytes = [7; MESSAGE];
        for _ in 0..size.operations {
            near.write_all(&bytes).await.unwrap();
            near.read_exact(&mut bytes).await.unwrap();
        }
        drop(near);
        server.await.unwrap();
    });
}

fn runtimes(size: Size) {
    for _ in 0..size.operations {
        round_trips(Size {
            operations: 1,
            scale: 2,
        });
    }
}

fn heartbeats(size: Size) {
    sleeps(size, |_, _| BEAT);
}

fn copies(size: Size) {
    static TOUCHED: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    let mut memory = TOUCHED.lock().unwrap();
    memory.resize(size.operations as usize * BLOCK, 0);
    let block = black_box([7; BLOCK]);
    for place in memory.chunks_exact_mut(BLOCK) {
        place.copy_from_slice(&block);
    }
    black_box(&mut *memory);
}
