//! Tasks and threads that the context did not spawn.

use super::NO_RUNTIME;
use crate::ecosystem::replay::{MILLI, outcomes, panic_of};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Spawner};
use tokio::sync;
use tower::{buffer::Buffer, service_fn};

#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn tokio_spawn() {
    let panics = [
        panic_of(async |_| drop(tokio::spawn(async {}))),
        panic_of(async |_| drop(tokio::task::spawn_blocking(|| {}))),
        panic_of(async |_| drop(tokio::task::JoinSet::new().spawn(async {}))),
        panic_of(async |_| drop(tokio_util::task::TaskTracker::new().spawn(async {}))),
    ];
    for panic in panics {
        assert_eq!(panic, NO_RUNTIME);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it is the subject")]
fn tower_buffer() {
    let buffered = async |_| {
        let service = service_fn(async |number: u32| Ok::<_, tower::BoxError>(number));
        drop(Buffer::new(service, 1));
    };
    assert_eq!(panic_of(buffered), NO_RUNTIME);
}

/// To tokio the whole simulation is one poll of one task. What is spawned on tokio waits for its end,
/// and tokio's channels, which ration what one poll may do, soon wait for it too.
#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn inside_a_tokio_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let spawned = async |_| tokio::spawn(async {}).await.unwrap();
    let panic = runtime.block_on(async { panic_of(spawned) });
    assert!(panic.starts_with("deadlock"), "{panic}");
    let busy = async |_| {
        let (sender, mut receiver) = sync::mpsc::channel(1);
        for number in 0..1000 {
            sender.send(number).await.unwrap();
            receiver.recv().await.unwrap();
        }
    };
    let panic = runtime.block_on(async { panic_of(busy) });
    assert!(panic.starts_with("deadlock"), "{panic}");
    assert_eq!(outcomes(busy).len(), 1, "on a thread of its own it ends");
}

/// How many virtual milliseconds pass until `work` tells its end.
async fn millis_until(context: Context, ended: sync::oneshot::Receiver<()>) -> u64 {
    let clock = context.clone();
    let ticks = context.spawn("ticks", async move {
        let mut ticks = 0;
        while !ended.is_terminated() && ended.is_empty() {
            clock.sleep(MILLI).await;
            ticks += 1;
        }
        ticks
    });
    ticks.await.unwrap()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it is the subject")]
fn threads() {
    let threaded = outcomes(async |context: Context| {
        let (end, ended) = sync::oneshot::channel();
        std::thread::spawn(move || end.send(()));
        millis_until(context, ended).await
    });
    assert!(threaded.len() > 1, "{threaded:?}");
    let spawned = outcomes(async |context: Context| {
        let (end, ended) = sync::oneshot::channel();
        drop(context.spawn_blocking("work", move || end.send(())));
        millis_until(context, ended).await
    });
    assert_eq!(spawned.len(), 1, "{spawned:?}");
}
