//! The workloads on bach, as it is by default but for the latency of its links.
#![forbid(unsafe_code)]

use bach::{
    environment::default::Runtime, ext::*, net::UdpSocket, spawn, task::yield_now, time::sleep,
};
use std::{hint::black_box, process::ExitCode, time::Duration};
use work::{BEAT, Can, HOUR, MESSAGE, SLEEP, Size, begun, length};

/// It panics after 100,000 polls in which no time passes: this often a workload sleeps in between.
const PAUSE: u64 = 10_000;

fn main() -> ExitCode {
    work::measure(&[
        ("a", Can::Do(polls)),
        ("b", Can::Do(at_once)),
        ("b2", Can::Do(in_turn)),
        ("c", Can::Do(equal_sleeps)),
        ("c-random", Can::Do(random_sleeps)),
        (
            "d",
            Can::But(
                round_trips,
                "datagrams, for it has no streams; its links take 50 ms",
            ),
        ),
        (
            "e",
            Can::But(
                simulations,
                "datagrams, for it has no streams; its links take 50 ms",
            ),
        ),
        ("f", Can::Do(heartbeats)),
        ("g", Can::Not("it has no disks")),
        ("cancelled", Can::Do(cancelled)),
        ("memory", Can::Do(live)),
    ])
}

fn run(seed: u64, start: impl FnOnce()) {
    Runtime::new().with_seed(seed).run(start);
}

fn polls(size: Size) {
    run(1, || {
        for _ in 0..size.scale {
            let task = async move {
                for _ in 0..size.each() {
                    yield_now().await;
                }
            };
            task.primary().spawn();
        }
    });
}

fn at_once(size: Size) {
    run(1, || {
        let all = async move {
            let tasks: Vec<_> = (0..size.operations)
                .map(|number| spawn(async move { number }))
                .collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            black_box(sum);
        };
        all.primary().spawn();
    });
}

fn in_turn(size: Size) {
    run(1, || {
        let all = async move {
            let mut sum = 0;
            for number in 0..size.operations {
                sum += spawn(async move { number }).await.unwrap();
                if number % PAUSE == 0 {
                    sleep(SLEEP).await;
                }
            }
            black_box(sum);
        };
        all.primary().spawn();
    });
}

/// Tasks that all wait once before any of them ends.
fn live(size: Size) {
    run(1, || {
        let all = async move {
            let tasks: Vec<_> = (0..size.operations).map(|_| spawn(yield_now())).collect();
            for task in tasks {
                task.await.unwrap();
            }
        };
        all.primary().spawn();
    });
}

fn equal_sleeps(size: Size) {
    sleeps(size, |_, _| SLEEP);
}

fn random_sleeps(size: Size) {
    sleeps(size, length);
}

fn heartbeats(size: Size) {
    sleeps(size, |_, _| BEAT);
}

fn sleeps(size: Size, length: fn(u64, u64) -> Duration) {
    run(1, || {
        for task in 0..size.scale {
            let sleeper = async move {
                for number in 0..size.each() {
                    sleep(length(task, number)).await;
                }
            };
            sleeper.group(format!("host-{task}")).primary().spawn();
        }
    });
}

fn cancelled(size: Size) {
    run(1, || {
        let all = async move {
            for _ in 0..size.operations {
                begun(sleep(HOUR)).await;
            }
        };
        all.primary().spawn();
    });
}

fn simulation(seed: u64, hosts: u64, trips: u64) {
    run(seed, || {
        let client = async move {
            let socket = UdpSocket::bind("0.0.0.0:0").await.unwrap();
            let mut bytes = [7; MESSAGE];
            for _ in 0..trips {
                socket.send_to(&bytes, "server:9000").await.unwrap();
                socket.recv_from(&mut bytes).await.unwrap();
            }
        };
        client.group("client").primary().spawn();
        let server = async {
            let socket = UdpSocket::bind("server:9000").await.unwrap();
            let mut bytes = [0; MESSAGE];
            loop {
                let (_, from) = socket.recv_from(&mut bytes).await.unwrap();
                socket.send_to(&bytes, from).await.unwrap();
            }
        };
        server.group("server").spawn();
        for number in 2..hosts {
            std::future::pending::<()>()
                .group(format!("idle-{number}"))
                .spawn();
        }
    });
}

fn round_trips(size: Size) {
    simulation(1, size.scale, size.operations);
}

fn simulations(size: Size) {
    for seed in 0..size.operations {
        simulation(seed, size.scale, 1);
    }
}
