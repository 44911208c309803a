//! What of tokio's tasks, and of the crates around it, depends on no runtime of tokio's.

use crate::ecosystem::replay::{CROWD, Log, MILLI, ROUNDS, complete, crowd, gather, replays};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Error, Spawner};
use tokio::sync;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

tokio::task_local! {
    static NAME: u32;
}

#[test]
fn task_local() {
    replays(async |context: Context| {
        let (log, clock) = (Log::default(), context.clone());
        let notes = log.clone();
        let crowd = crowd(&context, move |who, round| {
            let (log, clock) = (notes.clone(), clock.clone());
            NAME.scope(who, async move {
                clock.sleep(MILLI / 10).await;
                log.note(NAME.get(), round);
            })
        });
        gather(crowd).await;
        log.complete()
    });
}

/// Between two yields of a task others run.
#[test]
fn yield_now() {
    replays(async |context: Context| {
        let log = Log::default();
        let member = |who| {
            let log = log.clone();
            context.spawn("one of the crowd", async move {
                for round in 0..ROUNDS {
                    log.note(who, round);
                    tokio::task::yield_now().await;
                }
            })
        };
        gather((0..CROWD).map(member).collect()).await;
        log.complete()
    });
}

/// All branches run side by side within one task, and the first error ends `try_join!`.
#[test]
fn join() {
    replays(async |context: Context| {
        let log = Log::default();
        let (clock, notes) = (context.clone(), log.clone());
        let crowd = crowd(&context, move |who, round| {
            let (clock, log) = (clock.clone(), notes.clone());
            async move {
                let one = clock.sleep(MILLI / 10);
                let two = async {
                    clock.sleep(MILLI / 5).await;
                    log.note(who, round);
                };
                let begin = clock.monotonic();
                tokio::join!(one, two);
                assert_eq!(clock.monotonic() - begin, MILLI / 5);
                let late = clock.timeout(MILLI / 10, clock.sleep(MILLI));
                let never = clock.timeout(MILLI * 9, std::future::pending::<()>());
                assert_eq!(tokio::try_join!(late, never), Err(Error::Timeout));
            }
        });
        gather(crowd).await;
        log.complete()
    });
}

/// A token cancels its children, and each task that waits hears of it.
#[test]
fn cancellation_token() {
    replays(async |context: Context| {
        let token = CancellationToken::new();
        let (heard, mut hears) = sync::mpsc::unbounded_channel();
        let member = |who| {
            let (token, heard, clock) = (token.child_token(), heard.clone(), context.clone());
            context.spawn("worker", async move {
                let work = clock.sleep(MILLI * 100);
                assert_eq!(token.run_until_cancelled(work).await, None);
                assert!(token.is_cancelled());
                heard.send(who).unwrap();
            })
        };
        let workers = (0..CROWD).map(member).collect();
        context.sleep(MILLI).await;
        assert!(!token.is_cancelled());
        token.cancel();
        gather(workers).await;
        drop(heard);
        let mut order = Vec::new();
        while let Some(who) = hears.recv().await {
            order.push(who);
        }
        assert_eq!(order.len() as u32, CROWD);
        order
    });
}

/// It tracks what the context spawns: `track_future` instead of `spawn`.
#[test]
fn task_tracker() {
    replays(async |context: Context| {
        let (tracker, log) = (TaskTracker::new(), Log::default());
        for who in 0..CROWD {
            let (clock, log) = (context.clone(), log.clone());
            let work = tracker.track_future(async move {
                for round in 0..ROUNDS {
                    clock.sleep(MILLI).await;
                    log.note(who, round);
                }
            });
            drop(context.spawn("tracked", work));
        }
        tracker.close();
        tracker.wait().await;
        assert!(tracker.is_empty());
        log.complete()
    });
}

#[test]
fn tokio_streams() {
    replays(async |context: Context| {
        let (left, right) = (sync::mpsc::channel(1), sync::mpsc::channel(1));
        let senders = [left.0, right.0];
        let crowd = crowd(&context, move |who, round| {
            let sender = senders[who as usize % 2].clone();
            async move { sender.send((who, round)).await.unwrap() }
        });
        let (left, right) = (ReceiverStream::new(left.1), ReceiverStream::new(right.1));
        let received: Vec<_> = left.merge(right).collect().await;
        gather(crowd).await;
        complete(received)
    });
}
