//! What the test takes in hand: the faults of the run leave it as it is.

use super::{PORT, listen, ms, run};
use runtime_deterministic::{
    Config, Context, Crash, Cut, Executor, FaultKind, Faults, Host, How, Ratio, Record, World,
    WorldError,
};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Sink, Stream};
use std::{
    collections::BTreeSet,
    future::pending,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

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

type Act = fn(&Host<()>) -> Result<(), WorldError>;

/// A host that the test stops, by `stop`, stays so until the test lets it go on, by `start`; a fault may
/// have stopped it before, and the test may have started it again then.
fn stays_stopped(kind: FaultKind, stop: Act, start: Act) {
    let (mut taken, mut own) = (0, 0);
    for seed in 0..40 {
        let faults = Faults::of([(kind, Ratio::ALWAYS)]);
        let faults = faults.pace(ms(8)).outage(ms(10));
        run(seed, faults, async |context, world| {
            let (host, rounds) = counting(&world, "a");
            context.sleep(ms(30)).await;
            match counts(&context, &rounds, 2).await {
                true => own += 1,
                false => taken += 1,
            }
            if seed % 2 == 0 {
                let _ = start(&host);
            }
            stop(&host).unwrap();
            assert_eq!(stop(&host), Err(WorldError::NotRunning("a".into())));
            assert!(!counts(&context, &rounds, 200).await, "seed {seed}");
            world.calm();
            assert!(!counts(&context, &rounds, 200).await, "seed {seed}, calm");
            start(&host).unwrap();
            assert!(counts(&context, &rounds, 20).await, "seed {seed}");
        });
    }
    assert!(taken > 5 && own > 5, "{taken} were stopped, {own} ran");
}

#[test]
fn a_host_that_the_test_paused_is_not_resumed() {
    stays_stopped(FaultKind::Pause, Host::pause, Host::resume);
}

#[test]
fn a_host_that_the_test_crashed_is_not_restarted() {
    let crash: Act = |host| host.crash(Crash::Reset);
    stays_stopped(FaultKind::Crash, crash, Host::restart);
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
