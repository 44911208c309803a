//! What the faults of a run do, and whom they leave alone.

use super::{NAMES, PORT, busy, listen, ms, node, only, run};
use runtime_deterministic::{
    Config, ConfigError, Context, Crash, Executor, FaultKind, Faults, Host, Ratio, Record,
    WorldError,
};
use runtime_traits::{
    Clock, Datagram as _, Datagrams, Error, Network, Panics, Runner, Sink, Spawner, Stream,
};
use std::{
    future::pending,
    net::SocketAddr,
    panic::catch_unwind,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

#[test]
fn each_kind_strikes_when_it_is_on_and_none_beside_it() {
    for kind in FaultKind::ALL.iter().copied() {
        let mut struck = 0;
        for seed in 0..10 {
            let (_, auditor) = run(seed, only(kind), |context, world| {
                busy(context, world, ms(1000))
            });
            let mut fired = auditor.fired();
            struck += fired.remove(&kind).unwrap_or_default();
            assert!(fired.is_empty(), "{kind} alone is on, and {fired:?} struck");
        }
        assert!(struck > 0, "{kind} never struck");
        println!("{kind:13} {struck}");
    }
}

#[test]
fn where_no_faults_are_on_none_strikes() {
    let (_, auditor) = run(3, Faults::none(), |context, world| {
        busy(context, world, ms(1000))
    });
    assert_eq!(auditor.fired(), [].into());
    assert_eq!(auditor.faults(), Faults::none());
}

#[test]
fn what_the_test_does_itself_is_counted() {
    let (_, auditor) = run(3, Faults::none(), async |context, world| {
        let host = world.host("a", node).unwrap();
        host.clock().jump(ms(1));
        host.crash(Crash::Silent).unwrap();
        host.wipe().unwrap();
        host.restart().unwrap();
        world.partition_one_way(&["root"], &["a"]).unwrap();
        let dialled = context.dial((host.addr(), 1).into());
        let dialled = context.timeout(ms(2500), dialled).await;
        assert_eq!(dialled.err(), Some(Error::Timeout));
    });
    // A dial is sent again after a second.
    let expected = [
        (FaultKind::Jump, 1),
        (FaultKind::SilentCrash, 1),
        (FaultKind::Wipe, 1),
        (FaultKind::OneWay, 2),
    ];
    assert_eq!(auditor.fired(), expected.into());
}

#[test]
fn a_panic_that_is_caught_is_no_fault() {
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, auditor) = Executor::init(config);
    runner.start(async {
        let host = context.world().host("a", async |_| panic!("a bug"));
        let _: Result<(), Error> = host.unwrap().wait().await;
    });
    assert_eq!(auditor.fired(), [].into());
}

fn is_up<T: Send + 'static>(host: &Host<T>) -> bool {
    host.restart() == Err(WorldError::AlreadyRunning(host.name().into()))
}

#[test]
fn what_goes_down_comes_up_within_the_outage() {
    let faults = Faults::of([(FaultKind::Crash, Ratio::ALWAYS)])
        .pace(ms(5))
        .outage(ms(50))
        .until(ms(500));
    let (longest, _) = run(3, faults, async |context, world| {
        // A host that is up has a task from its first poll on.
        let boot = async |context: Context| {
            let _ = context.spawn("stays", pending::<()>()).await;
        };
        let hosts = NAMES.map(|name| world.host(name, boot).unwrap());
        let (mut down, mut longest) = (hosts.each_ref().map(|_| 0), 0);
        for _ in 0..500 {
            context.sleep(ms(1)).await;
            for (host, down) in hosts.iter().zip(&mut down) {
                match host.context().tasks().is_empty() {
                    true => *down += 1,
                    false => *down = 0,
                }
                longest = longest.max(*down);
            }
        }
        context.sleep(ms(1)).await;
        assert!(
            hosts.iter().all(is_up),
            "the faults have ended by themselves"
        );
        longest
    });
    assert!((10..=50).contains(&longest), "{longest} ms");
}

#[test]
fn calm_ends_all_and_mends_all() {
    for seed in 0..200 {
        let all = FaultKind::ALL.iter().map(|kind| (*kind, Ratio::new(1, 4)));
        let faults = Faults::of(all).pace(ms(2)).outage(ms(2000));
        run(seed, faults, async |context, world| {
            let echo = |context: Context| async move {
                loop {
                    let _ = listen(context.clone()).await;
                    context.sleep(ms(1)).await;
                }
            };
            let server = world.host("server", echo).unwrap();
            context.sleep(ms(seed)).await;
            world.calm();
            assert!(is_up(&server), "seed {seed}");
            context.sleep(ms(5000)).await;
            let clocks = || [context.monotonic(), server.context().monotonic()];
            let before = clocks();
            let answer = context
                .timeout(ms(100), round_trip(&context, &server))
                .await;
            assert_eq!(answer, Ok(Ok(*b"hello")), "seed {seed}");
            let after = clocks();
            assert_eq!(after[0] - before[0], after[1] - before[1], "seed {seed}");
        });
    }
}

async fn round_trip<T: Send + 'static>(
    context: &Context,
    server: &Host<T>,
) -> Result<[u8; 5], Error> {
    let socket = SocketAddr::new(server.addr(), PORT);
    let (mut sink, mut stream) = context.dial(socket).await?;
    sink.send(b"hello").await?;
    let mut answer = [0; 5];
    stream.recv(&mut answer).await?;
    Ok(answer)
}

#[test]
fn what_the_test_restarts_is_not_restarted_again() {
    let faults = Faults::of([(FaultKind::Crash, Ratio::ALWAYS)])
        .pace(ms(5))
        .outage(ms(50))
        .until(ms(500));
    let ((boots, by_test), auditor) = run(3, faults, async |context, world| {
        let boots = Arc::new(AtomicU64::new(0));
        let hosts = NAMES.map(|name| {
            let boots = boots.clone();
            let boot = move |_| {
                boots.fetch_add(1, Relaxed);
                pending::<()>()
            };
            world.host(name, boot).unwrap()
        });
        let mut by_test = 0;
        for _ in 0..60 {
            context.sleep(ms(10)).await;
            by_test += hosts.iter().filter(|host| host.restart().is_ok()).count();
        }
        context.sleep(ms(1)).await;
        (boots.load(Relaxed), by_test)
    });
    let crashes = auditor.fired()[&FaultKind::Crash];
    assert_eq!(boots, NAMES.len() as u64 + crashes);
    assert!(
        by_test > 10 && (by_test as u64) < crashes,
        "{by_test} of {crashes}"
    );
}

#[test]
fn a_host_that_is_spared_and_its_links_are_left_alone() {
    let all = FaultKind::ALL.iter().map(|kind| (*kind, Ratio::new(1, 2)));
    let faults = Faults::of(all).pace(ms(5)).outage(ms(20));
    let (_, auditor) = run(3, faults, async |context, world| {
        let server = world.host("a", node).unwrap();
        world.host("b", node).unwrap();
        world.host("c", node).unwrap();
        world.spare(&["root", "a"]).unwrap();
        world.damage_at_most(3, &NAMES).unwrap();
        for _ in 0..200 {
            context.sleep(ms(5)).await;
            let answer = context.timeout(ms(20), round_trip(&context, &server)).await;
            // Between two lives of its listener nobody listens.
            let refused = matches!(answer, Ok(Err(Error::ConnectionFailed(..))));
            assert!(refused || answer == Ok(Ok(*b"hello")), "{answer:?}");
            assert_eq!(server.context().current(), context.current());
        }
        assert_eq!(
            world.spare(&["x"]),
            Err(WorldError::UnknownHost("x".into()))
        );
    });
    assert!(auditor.fired().len() > 15, "{:?}", auditor.fired());
}

#[test]
fn faults_keep_no_run_alive_that_is_stuck() {
    let all = FaultKind::ALL.iter().map(|kind| (*kind, Ratio::new(1, 2)));
    let faults = Faults::of(all).pace(ms(1));
    let stuck = catch_unwind(|| {
        run(3, faults, async |_, world| {
            let host = world.host("a", async |_| pending::<()>().await);
            pending::<()>().await;
            drop(host);
        })
    });
    let panic = stuck.map(|_| ()).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("deadlock at "), "{text}");
}

#[test]
fn what_is_to_be_mended_keeps_no_run_alive_that_is_stuck() {
    for seed in 0..10 {
        let all = FaultKind::ALL.iter().map(|kind| (*kind, Ratio::new(1, 2)));
        let faults = Faults::of(all).pace(ms(20));
        let stuck = catch_unwind(|| {
            run(seed, faults, async |context, world| {
                let host = world.host("a", async |_| pending::<()>().await);
                context.sleep(ms(200)).await;
                pending::<()>().await;
                drop(host);
            })
        });
        let panic = stuck.map(|_| ()).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.starts_with("deadlock at "), "seed {seed}: {text}");
    }
}

#[test]
fn a_host_whose_tasks_have_ended_is_not_crashed() {
    let faults = Faults::of([
        (FaultKind::Crash, Ratio::ALWAYS),
        (FaultKind::Pause, Ratio::ALWAYS),
    ]);
    let (_, auditor) = run(3, faults.pace(ms(1)), async |context, world| {
        world.host("a", async |_| ()).unwrap();
        context.sleep(ms(500)).await;
    });
    assert_eq!(auditor.fired(), [].into());
}

#[test]
fn faults_without_time_are_refused() {
    for faults in ["crash=1/2 pace=0s", "crash=1/2 outage=0ms"] {
        let mut config = Config::default();
        config.faults = faults.parse().unwrap();
        let text = config.faults.to_string();
        let made = Executor::try_init(config).map(|_| ());
        assert_eq!(made, Err(ConfigError::Faults(text)));
    }
}

/// While either fault lasts nothing crosses: each ends what it began alone.
#[test]
fn a_line_is_parted_as_long_as_either_fault_parts_it() {
    let mut both = 0;
    for seed in 0..30 {
        let all = [FaultKind::Partition, FaultKind::OneWay].map(|kind| (kind, Ratio::ALWAYS));
        let mut config = Config::default();
        (config.seed, config.record) = (seed, Record::All);
        config.faults = Faults::of(all).pace(ms(10)).outage(ms(30));
        let (runner, context, auditor) = Executor::init(config);
        runner.start(async {
            let host = context.world().host("a", async |_| pending::<()>().await);
            let socket = SocketAddr::new(host.as_ref().unwrap().addr(), PORT);
            let _there = host.unwrap().context().bind_datagram(socket).await.unwrap();
            let here = SocketAddr::new(context.addr(), PORT);
            let here = context.bind_datagram(here).await.unwrap();
            for _ in 0..500 {
                here.send_to(b"x", socket).await.unwrap();
                context.sleep(ms(1)).await;
            }
        });
        let mut parts = 0;
        for entry in auditor.log().unwrap().entries() {
            match &*entry.words {
                "parts from root to a" => parts += 1,
                "joins from root to a" => parts -= 1,
                words if words.contains("arrives at datagram socket") => {
                    assert_eq!(parts, 0, "seed {seed}: {entry}");
                }
                _ => {}
            }
            both += u32::from(parts == 2);
        }
    }
    assert!(both > 100, "{both} events while both lasted");
}
