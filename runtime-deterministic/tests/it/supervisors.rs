//! Processes that ended by themselves, and who starts them again.

use runtime_deterministic::{Config, Context, Crash, Executor, Host, World, WorldError};
use runtime_traits::{Clock, Panics, Runner, Spawner};
use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

/// A host that counts its lives, each of which ends by itself after 10 ms.
fn short_lived(world: &World) -> (Host<()>, Arc<AtomicU32>) {
    let lives = Arc::new(AtomicU32::new(0));
    let counted = lives.clone();
    let boot = move |context: Context| {
        lives.fetch_add(1, Relaxed);
        async move { context.sleep(ms(10)).await }
    };
    (world.host("a", boot).unwrap(), counted)
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_process_that_ended_is_started_again_where_it_is_supervised() {
    for supervised in [true, false] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let world = context.world();
            let (_, lives) = short_lived(&world);
            if supervised {
                world.supervise(&["a"]).unwrap();
            }
            context.sleep(ms(109)).await;
            assert_eq!(lives.load(Relaxed), 1);
            context.sleep(ms(2)).await;
            assert_eq!(lives.load(Relaxed), if supervised { 2 } else { 1 });
            context.sleep(ms(1000)).await;
            assert_eq!(lives.load(Relaxed), if supervised { 11 } else { 1 });
            let unknown = WorldError::UnknownHost("b".into());
            assert_eq!(world.supervise(&["a", "b"]), Err(unknown));
        });
    }
}

/// What ended it was no end of its own, or who ended it wants it so.
#[test]
fn a_supervisor_leaves_alone_what_others_ended_or_started() {
    type Act = fn(&Host<()>);
    let acts: [(Act, u32); 4] = [
        (|host| host.context().stop(0), 1),
        (|host| host.crash(Crash::Reset).unwrap(), 1),
        (|host| host.restart().unwrap(), 2),
        (|host| host.pause().unwrap(), 1),
    ];
    for (place, (act, expected)) in acts.into_iter().enumerate() {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let world = context.world();
            let (host, lives) = short_lived(&world);
            world.supervise(&["a"]).unwrap();
            // Its process has ended, and waits for its supervisor.
            context.sleep(ms(50)).await;
            act(&host);
            context.sleep(ms(65)).await;
            assert_eq!(lives.load(Relaxed), expected, "act {place}");
            match place {
                2 => {}
                3 => host.resume().unwrap(),
                _ => {
                    context.sleep(ms(1000)).await;
                    assert_eq!(lives.load(Relaxed), expected, "act {place}");
                    return;
                }
            }
            context.sleep(ms(200)).await;
            assert!(lives.load(Relaxed) > expected, "act {place}");
        });
    }
}

#[test]
fn a_process_that_was_told_to_stop_is_not_started_again_until_it_is_restarted() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let world = context.world();
        let (host, lives) = short_lived(&world);
        world.supervise(&["a"]).unwrap();
        host.context().stop(0);
        context.sleep(ms(500)).await;
        assert_eq!(lives.load(Relaxed), 1);
        host.restart().unwrap();
        context.sleep(ms(500)).await;
        assert_eq!(lives.load(Relaxed), 6);
    });
}

#[test]
fn a_process_that_a_caught_panic_ended_is_started_again() {
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, _) = Executor::init(config);
    runner.start(async {
        let lives = Arc::new(AtomicU32::new(0));
        let counted = lives.clone();
        let boot = move |_| {
            let life = counted.fetch_add(1, Relaxed);
            async move {
                assert!(life > 2, "a bug");
                pending::<()>().await;
            }
        };
        context.world().host("a", boot).unwrap();
        context.world().supervise(&["a"]).unwrap();
        context.sleep(ms(1000)).await;
        assert_eq!(lives.load(Relaxed), 4);
    });
}

#[test]
fn a_supervisor_of_a_paused_host_keeps_no_run_alive_that_is_stuck() {
    let mut config = Config::default();
    config.timeout = Some(ms(10_000));
    let (runner, context, _) = Executor::init(config);
    let stuck = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async {
            let (host, _) = short_lived(&context.world());
            context.world().supervise(&["a"]).unwrap();
            context.sleep(ms(50)).await;
            host.pause().unwrap();
            pending::<()>().await;
        });
    }));
    let panic = stuck.unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("deadlock at "), "{text}");
}

#[test]
fn a_process_lasts_as_long_as_the_last_of_its_tasks() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let lives = Arc::new(AtomicU32::new(0));
        let counted = lives.clone();
        let boot = move |context: Context| {
            counted.fetch_add(1, Relaxed);
            async move {
                let clock = context.clone();
                drop(context.spawn("serve", async move { clock.sleep(ms(500)).await }));
            }
        };
        context.world().host("a", boot).unwrap();
        context.world().supervise(&["a"]).unwrap();
        context.sleep(ms(599)).await;
        assert_eq!(lives.load(Relaxed), 1);
        context.sleep(ms(2)).await;
        assert_eq!(lives.load(Relaxed), 2);
    });
}

#[test]
fn a_process_that_crashed_its_own_host_is_left_to_who_did() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let own = Arc::new(Mutex::new(None::<Host<()>>));
        let lives = Arc::new(AtomicU32::new(0));
        let (counted, found) = (lives.clone(), own.clone());
        let boot = move |_| {
            counted.fetch_add(1, Relaxed);
            let host = found.lock().unwrap().clone();
            async move {
                if let Some(host) = host {
                    host.crash(Crash::Reset).unwrap();
                }
            }
        };
        let host = context.world().host("a", boot).unwrap();
        *own.lock().unwrap() = Some(host.clone());
        context.world().supervise(&["a"]).unwrap();
        context.sleep(ms(500)).await;
        assert_eq!(lives.load(Relaxed), 1);
        assert_eq!(
            host.crash(Crash::Reset),
            Err(WorldError::NotRunning("a".into()))
        );
    });
}

#[test]
fn a_process_that_ended_before_it_was_supervised_is_started_again() {
    for panics in [false, true] {
        let mut config = Config::default();
        config.panics = Panics::Catch;
        let (runner, context, _) = Executor::init(config);
        runner.start(async {
            let lives = Arc::new(AtomicU32::new(0));
            let counted = lives.clone();
            let boot = move |_| {
                counted.fetch_add(1, Relaxed);
                async move { assert!(!panics, "a bug") }
            };
            context.world().host("a", boot).unwrap();
            context.sleep(ms(1000)).await;
            assert_eq!(lives.load(Relaxed), 1);
            context.world().supervise(&["a"]).unwrap();
            context.sleep(ms(101)).await;
            assert_eq!(lives.load(Relaxed), 2, "panics: {panics}");
        });
    }
}
