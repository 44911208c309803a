//! `futures`: joining, racing and sharing within a task.

use crate::ecosystem::replay::{CROWD, Log, MILLI, ROUNDS, complete, crowd, gather, replays};
use futures::{
    FutureExt, StreamExt, TryStreamExt,
    future::{self, AbortHandle, Abortable, Aborted, Either},
    stream::{self, FuturesUnordered},
};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Error, Random, Spawner};
use std::pin::pin;

/// Does what one of a crowd does, without a task of its own.
async fn member(context: Context, log: Log, who: u32) -> u32 {
    for round in 0..ROUNDS {
        context.sleep(MILLI).await;
        log.note(who, round);
    }
    who
}

#[test]
fn join_macros() {
    replays(async |context: Context| {
        let (log, clock) = (Log::default(), context.clone());
        let notes = log.clone();
        let crowd = crowd(&context, move |who, round| {
            let (clock, log) = (clock.clone(), notes.clone());
            async move {
                let begin = clock.monotonic();
                let (two, three) = (clock.sleep(MILLI / 5), clock.sleep(MILLI / 3));
                futures::join!(two, three);
                assert_eq!(clock.monotonic() - begin, MILLI / 3);
                let late = clock.timeout(MILLI / 10, clock.sleep(MILLI));
                let never = future::pending::<Result<(), Error>>();
                assert_eq!(futures::try_join!(late, never), Err(Error::Timeout));
                log.note(who, round);
            }
        });
        gather(crowd).await;
        log.complete()
    });
}

#[test]
fn join_all() {
    replays(async |context: Context| {
        let log = Log::default();
        let spawned =
            (0..CROWD).map(|who| context.spawn("one", member(context.clone(), log.clone(), who)));
        let ended = future::try_join_all(spawned).await.unwrap();
        assert!(ended.into_iter().eq(0..CROWD));
        log.complete()
    });
}

/// It polls in the order of wakes, and the seed decides the order of the wakes of timers and tasks.
#[test]
fn futures_unordered() {
    replays(async |context: Context| {
        let log = Log::default();
        let member = |who| member(context.clone(), log.clone(), who);
        let mut all: FuturesUnordered<_> = (0..CROWD).map(member).collect();
        let mut ended = Vec::new();
        while let Some(who) = all.next().await {
            ended.push(who);
        }
        (ended, log.complete())
    });
}

#[test]
fn buffered_streams() {
    replays(async |context: Context| {
        let log = Log::default();
        let work = || {
            let work = |who| context.spawn("work", member(context.clone(), log.clone(), who));
            stream::iter(0..CROWD).map(work)
        };
        let unordered: Vec<_> = work().buffer_unordered(2).try_collect().await.unwrap();
        let first = log.complete();
        let ordered: Vec<_> = work().buffered(3).try_collect().await.unwrap();
        assert!(ordered.into_iter().eq(0..CROWD), "it keeps the order");
        (unordered, first)
    });
}

#[test]
fn shared() {
    replays(async |context: Context| {
        let (log, clock) = (Log::default(), context.clone());
        let work = async move {
            clock.sleep(MILLI * 3 / 2).await;
            clock.next_u64()
        };
        let (shared, notes) = (work.boxed().shared(), log.clone());
        let first = shared.clone();
        let crowd = crowd(&context, move |who, round| {
            let (shared, log) = (shared.clone(), notes.clone());
            async move {
                shared.await;
                log.note(who, round);
            }
        });
        gather(crowd).await;
        assert_eq!(first.clone().await, first.await, "the work is done once");
        log.complete()
    });
}

#[test]
fn select_all() {
    replays(async |context: Context| {
        let log = Log::default();
        let sleepers = (0..CROWD).map(|who| {
            let naps = member(context.clone(), log.clone(), who);
            context.spawn("sleeper", naps)
        });
        let (mut waiting, mut order) = (sleepers.collect::<Vec<_>>(), Vec::new());
        while !waiting.is_empty() {
            let (first, _, rest) = future::select_all(waiting).await;
            order.push(first.unwrap());
            waiting = rest;
        }
        assert_eq!(order.len() as u32, CROWD);
        (order, log.complete())
    });
}

/// The left one is asked first, so a tie is the left one's.
#[test]
fn select_of_two() {
    replays(async |context: Context| {
        let (log, clock) = (Log::default(), context.clone());
        let notes = log.clone();
        let crowd = crowd(&context, move |who, round| {
            let (clock, log) = (clock.clone(), notes.clone());
            async move {
                let (left, right) = (clock.sleep(MILLI / 5), clock.sleep(MILLI / 5));
                let first = future::select(left, right).await;
                assert!(matches!(first, Either::Left(_)));
                let mut late = pin!(clock.sleep(MILLI).fuse());
                let mut soon = clock.sleep(MILLI / 10).fuse();
                futures::select_biased! {
                    () = late => panic!("the later one ends first"),
                    () = soon => log.note(who, round),
                }
            }
        });
        gather(crowd).await;
        log.complete()
    });
}

#[test]
fn merged_streams() {
    replays(async |context: Context| {
        let ticks = |who| {
            let clock = context.clone();
            let rounds = stream::iter(0..ROUNDS);
            rounds
                .then(move |round| clock.sleep(MILLI).map(move |()| (who, round)))
                .boxed()
        };
        let all = stream::select_all((0..CROWD - 1).map(ticks));
        let received = stream::select(all, ticks(CROWD - 1)).chunks(2);
        complete(received.concat().await)
    });
}

#[test]
fn abortable() {
    replays(async |context: Context| {
        let (log, clock) = (Log::default(), context.clone());
        let notes = log.clone();
        let crowd = crowd(&context, move |who, round| {
            let (clock, log) = (clock.clone(), notes.clone());
            async move {
                let (abort, registration) = AbortHandle::new_pair();
                let long = Abortable::new(clock.sleep(MILLI * 100), registration);
                let cuts = clock.sleep(MILLI / 10).map(|()| abort.abort());
                assert_eq!(future::join(long, cuts).await.0, Err(Aborted));
                log.note(who, round);
            }
        });
        gather(crowd).await;
        log.complete()
    });
}
