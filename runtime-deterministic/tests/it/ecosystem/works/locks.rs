//! Locks and events of other crates than tokio.

use crate::ecosystem::replay::{CROWD, Log, MILLI, ROUNDS, complete, crowd, gather, replays};
use arc_swap::ArcSwap;
use event_listener::Event;
use runtime_deterministic::Context;
use runtime_traits::Clock;
use std::sync::{Arc, Mutex};

#[test]
fn event_listener() {
    replays(async |context: Context| {
        let (event, log) = (Arc::new(Event::new()), Log::default());
        let (heard, notes) = (event.clone(), log.clone());
        let crowd = crowd(&context, move |who, round| {
            let (event, log) = (heard.clone(), notes.clone());
            async move {
                event.listen().await;
                log.note(who, round);
            }
        });
        for _ in 0..ROUNDS {
            context.sleep(MILLI * 3 / 2).await;
            assert_eq!(event.notify(2), 2);
            context.sleep(MILLI / 10).await;
            event.notify(usize::MAX);
        }
        gather(crowd).await;
        log.complete()
    });
}

#[test]
fn async_semaphore() {
    replays(async |context: Context| {
        let permits = Arc::new(async_lock::Semaphore::new(2));
        let (log, clock) = (Log::default(), context.clone());
        let (notes, free) = (log.clone(), permits.clone());
        let crowd = crowd(&context, move |who, round| {
            let (permits, clock, log) = (permits.clone(), clock.clone(), notes.clone());
            async move {
                let _permit = permits.acquire_arc().await;
                log.note(who, round);
                clock.sleep(MILLI / 10).await;
            }
        });
        context.sleep(MILLI * 21 / 20).await;
        assert!(free.try_acquire().is_none(), "two of the crowd have them");
        gather(crowd).await;
        log.complete()
    });
}

#[test]
fn async_barrier() {
    replays(async |context: Context| {
        let barrier = Arc::new(async_lock::Barrier::new(CROWD as usize));
        let leaders = Arc::new(Mutex::new(Vec::new()));
        let led = leaders.clone();
        let crowd = crowd(&context, move |who, round| {
            let (barrier, leaders) = (barrier.clone(), led.clone());
            async move {
                if barrier.wait().await.is_leader() {
                    leaders.lock().unwrap().push((who, round));
                }
            }
        });
        gather(crowd).await;
        let leaders = leaders.lock().unwrap().clone();
        assert!(leaders.iter().map(|(_, round)| *round).eq(0..ROUNDS));
        leaders
    });
}

#[test]
fn async_once_cell() {
    replays(async |context: Context| {
        let cell = Arc::new(async_lock::OnceCell::new());
        let (clock, shared) = (context.clone(), cell.clone());
        let crowd = crowd(&context, move |who, _| {
            let (clock, shared) = (clock.clone(), shared.clone());
            async move {
                let first = async || {
                    clock.sleep(MILLI / 10).await;
                    who
                };
                shared.get_or_init(first).await;
            }
        });
        gather(crowd).await;
        *cell.get().unwrap()
    });
}

#[test]
fn futures_mutex() {
    replays(async |context: Context| {
        let done = Arc::new(futures::lock::Mutex::new(Vec::new()));
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

/// Taken and given back within a poll, nobody ever waits for them.
#[test]
fn blocking_mutex() {
    replays(async |context: Context| {
        let ours = Arc::new(parking_lot::Mutex::new(Vec::new()));
        let std = Arc::new(parking_lot::RwLock::new(Mutex::new(Vec::new())));
        let (held, also) = (ours.clone(), std.clone());
        let crowd = crowd(&context, move |who, round| {
            held.lock().push((who, round));
            also.read().lock().unwrap().push((who, round));
            std::future::ready(())
        });
        gather(crowd).await;
        let done = ours.lock().clone();
        assert_eq!(done, *std.write().get_mut().unwrap());
        complete(done)
    });
}

#[test]
fn arc_swap() {
    replays(async |context: Context| {
        let swap = Arc::new(ArcSwap::from_pointee(Vec::new()));
        let shared = swap.clone();
        let crowd = crowd(&context, move |who, round| {
            shared.rcu(|done| [done.as_slice(), &[(who, round)]].concat());
            std::future::ready(())
        });
        let old = swap.load();
        gather(crowd).await;
        assert!(old.is_empty(), "who loaded before keeps what there was");
        complete(swap.load().to_vec())
    });
}
