//! Processes that ended by themselves, and who starts them again.

use runtime_deterministic::{
    Config, Context, Crash, Executor, Host, Record, Runner, World, WorldError,
};
use runtime_traits::{Clock, Panics, Runner as _, Spawner};
use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

/// A host and the count of its lives; `boot` is also given how many there were before.
fn counted<F, Fut>(world: &World, boot: F) -> (Host<()>, Arc<AtomicU32>)
where
    F: Fn(Context, u32) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let lives = Arc::new(AtomicU32::new(0));
    let counted = lives.clone();
    let boot = move |context| boot(context, counted.fetch_add(1, Relaxed));
    (world.host("a", boot).unwrap(), lives)
}

/// A host that counts its lives, each of which ends by itself after 10 ms.
fn short_lived(world: &World) -> (Host<()>, Arc<AtomicU32>) {
    counted(
        world,
        |context, _| async move { context.sleep(ms(10)).await },
    )
}

/// A run in which a panic on a host ends that host's process alone.
fn catching() -> (Runner, Context) {
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, _) = Executor::init(config);
    (runner, context)
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
    let (runner, context) = catching();
    runner.start(async {
        let (_, lives) = counted(&context.world(), |_, before| async move {
            assert!(before > 2, "a bug");
            pending::<()>().await;
        });
        context.world().supervise(&["a"]).unwrap();
        context.sleep(ms(1000)).await;
        assert_eq!(lives.load(Relaxed), 4);
    });
}

/// By another thread, of whose word the run takes notice after the panic.
#[test]
fn a_process_that_was_told_to_stop_and_panics_is_not_started_again() {
    let mut config = Config::default();
    (config.panics, config.record) = (Panics::Catch, Record::All);
    let (runner, context, auditor) = Executor::init(config);
    runner.start(async {
        let (_, lives) = counted(&context.world(), |context, _| async move {
            let stops = context.clone();
            #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
            let thread = std::thread::spawn(move || stops.stop(7));
            thread.join().unwrap();
            panic!("a bug");
        });
        context.world().supervise(&["a"]).unwrap();
        context.sleep(ms(1000)).await;
        assert_eq!(lives.load(Relaxed), 1);
    });
    let log = auditor.log().unwrap();
    let told = log
        .entries()
        .filter(|entry| entry.host.as_deref() == Some("a"));
    let words: Vec<_> = told.map(|entry| entry.words).collect();
    let place = |words_of| words.iter().position(|words| words == words_of);
    let [stopped, ended] = ["stops with 7", "crashes, and resets its connections"].map(place);
    assert!(stopped.is_some() && stopped < ended, "{words:?}");
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
        let (_, lives) = counted(&context.world(), |context, _| async move {
            let clock = context.clone();
            drop(context.spawn("serve", async move { clock.sleep(ms(500)).await }));
        });
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
        let found = own.clone();
        let (host, lives) = counted(&context.world(), move |_, _| {
            let host = found.lock().unwrap().clone();
            async move {
                if let Some(host) = host {
                    host.crash(Crash::Reset).unwrap();
                }
            }
        });
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
        let (runner, context) = catching();
        runner.start(async {
            let boot = move |_, _| async move { assert!(!panics, "a bug") };
            let (_, lives) = counted(&context.world(), boot);
            context.sleep(ms(1000)).await;
            assert_eq!(lives.load(Relaxed), 1);
            context.world().supervise(&["a"]).unwrap();
            context.sleep(ms(101)).await;
            assert_eq!(lives.load(Relaxed), 2, "panics: {panics}");
        });
    }
}
