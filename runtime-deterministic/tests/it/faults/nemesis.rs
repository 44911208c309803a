//! What the faults of a run do, and whom they leave alone.

use super::{NAMES, PORT, busy, listen, ms, node, only, run};
use runtime_deterministic::{
    Config, ConfigError, Context, Crash, Cut, Executor, FaultKind, Faults, Host, How, Ratio,
    Record, World, WorldError,
};
use runtime_traits::{
    Clock, Datagram as _, Datagrams, Error, Listener, Network, Panics, Runner, Sink, Spawner,
    Stream,
};
use std::{
    collections::BTreeSet,
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

#[test]
fn a_clock_that_the_test_sets_is_not_mended() {
    let faults = Faults::of([(FaultKind::Offset, Ratio::ALWAYS)]);
    run(3, faults.pace(ms(5)), async |context, world| {
        let host = world.host("a", async |_| pending::<()>().await).unwrap();
        context.sleep(ms(50)).await;
        assert_ne!(host.context().current(), context.current(), "it is wrong");
        host.clock().offset(ms(7));
        world.calm();
        assert_eq!(host.context().current(), context.current() + ms(7));
    });
}

/// Counts its rounds of a millisecond each.
fn counting(world: &World, name: &str) -> (Host<()>, Arc<AtomicU64>) {
    let rounds = Arc::new(AtomicU64::new(0));
    let counted = rounds.clone();
    let boot = move |context: Context| {
        let rounds = rounds.clone();
        async move {
            loop {
                context.sleep(ms(1)).await;
                rounds.fetch_add(1, Relaxed);
            }
        }
    };
    (world.host(name, boot).unwrap(), counted)
}

/// Whether a host that counts its rounds does so within so many milliseconds.
async fn counts(context: &Context, rounds: &AtomicU64, within: u64) -> bool {
    let before = rounds.load(Relaxed);
    context.sleep(ms(within)).await;
    rounds.load(Relaxed) > before
}

#[test]
fn a_host_that_the_test_paused_is_not_resumed() {
    let (mut taken, mut own) = (0, 0);
    for seed in 0..40 {
        let faults = Faults::of([(FaultKind::Pause, Ratio::ALWAYS)]);
        let faults = faults.pace(ms(8)).outage(ms(10));
        run(seed, faults, async |context, world| {
            let (host, rounds) = counting(&world, "a");
            context.sleep(ms(30)).await;
            match counts(&context, &rounds, 2).await {
                true => own += 1,
                false => taken += 1,
            }
            if seed % 2 == 0 {
                let _ = host.resume();
            }
            host.pause().unwrap();
            assert_eq!(host.pause(), Err(WorldError::NotRunning("a".into())));
            assert!(!counts(&context, &rounds, 200).await, "seed {seed}");
            world.calm();
            assert!(!counts(&context, &rounds, 200).await, "seed {seed}, calm");
            host.resume().unwrap();
            assert!(counts(&context, &rounds, 20).await, "seed {seed}");
        });
    }
    assert!(taken > 5 && own > 5, "{taken} were paused, {own} were not");
}

#[test]
fn a_host_that_the_test_crashed_is_not_restarted() {
    let (mut taken, mut own) = (0, 0);
    for seed in 0..40 {
        let faults = Faults::of([(FaultKind::Crash, Ratio::ALWAYS)]);
        let faults = faults.pace(ms(8)).outage(ms(10));
        run(seed, faults, async |context, world| {
            let (host, rounds) = counting(&world, "a");
            context.sleep(ms(30)).await;
            match counts(&context, &rounds, 2).await {
                true => own += 1,
                false => taken += 1,
            }
            host.crash(Crash::Reset).unwrap();
            let down = Err(WorldError::NotRunning("a".into()));
            assert_eq!(host.crash(Crash::Reset), down);
            assert!(!counts(&context, &rounds, 200).await, "seed {seed}");
            world.calm();
            assert!(!counts(&context, &rounds, 200).await, "seed {seed}, calm");
            host.restart().unwrap();
            assert!(counts(&context, &rounds, 20).await, "seed {seed}");
        });
    }
    assert!(taken > 5 && own > 5, "{taken} were down, {own} were up");
}

/// What the nemesis sets is taken back; what the test sets meanwhile stays.
#[test]
fn a_link_and_a_drift_that_the_test_sets_are_not_mended() {
    let all = [FaultKind::Latency, FaultKind::Drift].map(|kind| (kind, Ratio::ALWAYS));
    let faults = Faults::of(all).pace(ms(2)).outage(ms(60_000));
    for sets in [false, true] {
        run(3, faults.clone(), async |context, world| {
            let host = world.host("a", async |context: Context| listen(context).await);
            let host = host.unwrap();
            let set = |millis, ppm| {
                let link = world.link("root", "a").unwrap();
                link.latency(ms(millis)..=ms(millis));
                host.clock().drift_ppm(ppm);
            };
            set(3, 300_000);
            context.sleep(ms(100)).await;
            if sets {
                set(7, 500_000);
            }
            world.calm();
            world.link("a", "root").unwrap().latency(ms(0)..=ms(0));
            let start = context.monotonic();
            let socket = SocketAddr::new(host.addr(), PORT);
            context.dial(socket).await.unwrap();
            let (millis, faster) = if sets { (7, 1500) } else { (3, 1300) };
            assert_eq!(context.monotonic() - start, ms(millis));
            let before = host.context().monotonic();
            context.sleep(ms(1000)).await;
            assert_eq!(host.context().monotonic() - before, ms(faster));
        });
    }
}

/// The way back may break the connection, but nothing gets past what the test cut.
#[test]
fn what_the_test_cut_stays_cut() {
    let mut lived = 0;
    for (seed, late) in (0..30).flat_map(|seed| [(seed, false), (seed, true)]) {
        let faults = Faults::of([(FaultKind::Cut, Ratio::ALWAYS)]);
        run(
            seed,
            faults.pace(ms(4)).outage(ms(20)),
            async |context, world| {
                let host = world.host("a", async |_| pending::<()>().await).unwrap();
                let socket = SocketAddr::new(host.addr(), PORT);
                let mut listener = host.context().bind(socket).await.unwrap();
                let Ok((mut sink, _stream)) = context.dial(socket).await else {
                    return;
                };
                let Ok((_, _sink, mut stream)) = listener.accept().await else {
                    return;
                };
                context.sleep(ms(if late { 15 } else { 0 })).await;
                let cut = Cut {
                    after_bytes: 0,
                    how: How::BlackHole,
                };
                world.cut("root", "a", cut).unwrap();
                for _ in 0..50 {
                    let _ = sink.send(b"x").await;
                    context.sleep(ms(2)).await;
                }
                world.calm();
                let got = context.timeout(ms(5000), stream.recv(&mut [0])).await;
                assert!(!matches!(got, Ok(Ok(()))), "seed {seed}, late: {late}");
                lived += u32::from(got == Err(Error::Timeout) && sink.send(b"x").await.is_ok());
            },
        );
    }
    assert!(lived > 5, "{lived} of 60 connections lived");
}

/// A black hole that the test's cut replaces ends in the log as well.
#[test]
fn what_is_cut_is_cut_again_once_it_is_no_black_hole_any_more() {
    let mut replaced = 0;
    for seed in 0..30 {
        let mut config = Config::default();
        (config.seed, config.record) = (seed, Record::All);
        config.faults = Faults::of([(FaultKind::Cut, Ratio::ALWAYS)]).pace(ms(4));
        let (runner, context, auditor) = Executor::init(config);
        runner.start(async {
            let host = context.world().host("a", async |_| pending::<()>().await);
            let socket = SocketAddr::new(host.as_ref().unwrap().addr(), PORT);
            let mut listener = host.unwrap().context().bind(socket).await.unwrap();
            let Ok((mut sink, _stream)) = context.dial(socket).await else {
                return;
            };
            let _accepted = listener.accept().await;
            for _ in 0..30 {
                let _ = sink.send(&[0; 512]).await;
                context.sleep(ms(1)).await;
            }
            let (after_bytes, how) = (0, How::BlackHole);
            let cut = Cut { after_bytes, how };
            context.world().cut("root", "a", cut).unwrap();
            context.sleep(ms(1)).await;
        });
        let mut holes = BTreeSet::new();
        for entry in auditor.log().unwrap().entries() {
            if let Some((pipe, how)) = entry.words.split_once(" is cut by ") {
                assert!(!holes.contains(pipe), "seed {seed}: {entry}");
                if how == "a black hole" {
                    holes.insert(pipe.to_owned());
                }
            }
            if let Some((pipe, _)) = entry.words.split_once(" is no black hole ") {
                replaced += u32::from(holes.remove(pipe));
            }
        }
    }
    assert!(replaced > 5, "{replaced} of 30");
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
