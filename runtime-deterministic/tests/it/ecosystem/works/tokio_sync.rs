//! `tokio::sync`, all of which needs no runtime of tokio's.

use crate::ecosystem::replay::{CROWD, Log, MILLI, ROUNDS, complete, crowd, gather, replays};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Spawner};
use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};
use tokio::sync;

#[test]
fn mpsc() {
    replays(async |context: Context| {
        let (sender, mut receiver) = sync::mpsc::channel(2);
        let crowd = crowd(&context, move |who, round| {
            let sender = sender.clone();
            async move { sender.send((who, round)).await.unwrap() }
        });
        let mut received = Vec::new();
        while let Some(message) = receiver.recv().await {
            context.sleep(MILLI / 10).await;
            received.push(message);
        }
        gather(crowd).await;
        complete(received)
    });
}

#[test]
fn oneshot() {
    replays(async |context: Context| {
        let (asks, mut asked) =
            sync::mpsc::unbounded_channel::<(u32, sync::oneshot::Sender<u32>)>();
        let log = Log::default();
        let notes = log.clone();
        let crowd = crowd(&context, move |who, round| {
            let (asks, log) = (asks.clone(), notes.clone());
            async move {
                let (answer, answered) = sync::oneshot::channel();
                asks.send((who * 10 + round, answer)).unwrap();
                assert_eq!(answered.await, Ok(who * 10 + round));
                log.note(who, round);
            }
        });
        while let Some((question, answer)) = asked.recv().await {
            context.sleep(MILLI / 10).await;
            answer.send(question).unwrap();
        }
        gather(crowd).await;
        log.complete()
    });
}

/// Which of its eight queues a receiver waits in is drawn from a generator of the thread.
#[test]
fn watch() {
    replays(async |context: Context| {
        let (sender, receiver) = sync::watch::channel(0);
        let log = Log::default();
        let reader = |who| {
            let (mut receiver, log) = (receiver.clone(), log.clone());
            context.spawn("reader", async move {
                while receiver.changed().await.is_ok() {
                    log.note(who, *receiver.borrow_and_update() - 1);
                }
            })
        };
        let readers = (0..CROWD).map(reader).collect();
        for round in 1..=ROUNDS {
            context.sleep(MILLI).await;
            sender.send(round).unwrap();
        }
        context.sleep(MILLI).await;
        drop(sender);
        gather(readers).await;
        log.complete()
    });
}

#[test]
fn broadcast() {
    replays(async |context: Context| {
        let (sender, receiver) = sync::broadcast::channel(2);
        let log = Log::default();
        let reader = |who| {
            let (mut receiver, log) = (receiver.resubscribe(), log.clone());
            context.spawn("reader", async move {
                while let Ok(round) = receiver.recv().await {
                    log.note(who, round);
                }
            })
        };
        let readers = (0..CROWD).map(reader).collect();
        for round in 0..ROUNDS {
            context.sleep(MILLI).await;
            sender.send(round).unwrap();
        }
        drop(sender);
        gather(readers).await;
        log.complete()
    });
}

#[test]
fn mutex() {
    replays(async |context: Context| {
        let done = Arc::new(sync::Mutex::new(Vec::new()));
        let (clock, shared) = (context.clone(), done.clone());
        let crowd = crowd(&context, move |who, round| {
            let (clock, shared) = (clock.clone(), shared.clone());
            async move {
                let mut done = shared.lock().await;
                let before = done.clone();
                clock.sleep(MILLI / 10).await;
                assert_eq!(*done, before, "the lock is exclusive");
                done.push((who, round));
            }
        });
        gather(crowd).await;
        complete(done.lock().await.clone())
    });
}

#[test]
fn rwlock() {
    replays(async |context: Context| {
        let done = Arc::new(sync::RwLock::new(Vec::new()));
        let readers = Arc::new(AtomicU32::new(0));
        let (clock, shared) = (context.clone(), done.clone());
        let crowd = crowd(&context, move |who, round| {
            let (clock, shared, readers) = (clock.clone(), shared.clone(), readers.clone());
            async move {
                if who % 2 == 0 {
                    let read = shared.read().await;
                    readers.fetch_add(1, Relaxed);
                    let before = read.clone();
                    clock.sleep(MILLI / 10).await;
                    assert_eq!(*read, before, "nobody writes while one reads");
                    readers.fetch_sub(1, Relaxed);
                }
                let mut done = shared.write().await;
                assert_eq!(readers.load(Relaxed), 0, "nobody reads while one writes");
                done.push((who, round));
            }
        });
        gather(crowd).await;
        complete(done.read().await.clone())
    });
}

#[test]
fn semaphore() {
    replays(async |context: Context| {
        let permits = Arc::new(sync::Semaphore::new(2));
        let (log, clock) = (Log::default(), context.clone());
        let (running, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (notes, peak) = (log.clone(), most.clone());
        let crowd = crowd(&context, move |who, round| {
            let (permits, clock, log) = (permits.clone(), clock.clone(), notes.clone());
            let (running, peak) = (running.clone(), peak.clone());
            async move {
                let _permit = permits.acquire_owned().await.unwrap();
                peak.fetch_max(running.fetch_add(1, Relaxed) + 1, Relaxed);
                log.note(who, round);
                clock.sleep(MILLI / 10).await;
                running.fetch_sub(1, Relaxed);
            }
        });
        gather(crowd).await;
        assert_eq!(most.load(Relaxed), 2);
        log.complete()
    });
}

#[test]
fn notify() {
    replays(async |context: Context| {
        let bell = Arc::new(sync::Notify::new());
        let log = Log::default();
        let (rung, notes) = (bell.clone(), log.clone());
        let crowd = crowd(&context, move |who, round| {
            let (rung, log) = (rung.clone(), notes.clone());
            async move {
                rung.notified().await;
                log.note(who, round);
            }
        });
        for round in 0..ROUNDS {
            context.sleep(MILLI * 3 / 2).await;
            match round {
                1 => (0..CROWD).for_each(|_| bell.notify_one()),
                _ => bell.notify_waiters(),
            }
        }
        gather(crowd).await;
        log.complete()
    });
}

/// The members arrive together, and one of them leads each round.
#[test]
fn barrier() {
    replays(async |context: Context| {
        let barrier = Arc::new(sync::Barrier::new(CROWD as usize));
        let (leaders, mut led) = sync::mpsc::unbounded_channel();
        let crowd = crowd(&context, move |who, round| {
            let (barrier, leaders) = (barrier.clone(), leaders.clone());
            async move {
                if barrier.wait().await.is_leader() {
                    leaders.send((who, round)).unwrap();
                }
            }
        });
        gather(crowd).await;
        let leaders: Vec<_> = std::iter::from_fn(|| led.try_recv().ok()).collect();
        assert!(leaders.iter().map(|(_, round)| *round).eq(0..ROUNDS));
        leaders
    });
}

#[test]
fn once_cell() {
    replays(async |context: Context| {
        let cell = Arc::new(sync::OnceCell::new());
        let (clock, shared) = (context.clone(), cell.clone());
        let crowd = crowd(&context, move |who, _| {
            let (clock, shared) = (clock.clone(), shared.clone());
            async move {
                let first = async || {
                    clock.sleep(MILLI / 10).await;
                    who
                };
                let found = *shared.get_or_init(first).await;
                assert_eq!(*shared.get_or_init(|| ready(CROWD)).await, found);
            }
        });
        gather(crowd).await;
        *cell.get().unwrap()
    });
}
