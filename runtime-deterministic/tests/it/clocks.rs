//! The clocks of hosts: offsets, jumps, drift.

use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use runtime_deterministic::{Context, DiskFaults, DiskOp, Executor, Host};
use runtime_traits::{Clock, Random, Runner, Spawner, Storage};
use std::time::{Duration, SystemTime};

const SECOND: Duration = Duration::from_secs(1);

fn run<F: Future<Output = ()>>(test: impl FnOnce(Context, Host<()>) -> F) {
    let (runner, context, _) = Executor::seeded(3);
    let host = context.world().host("db", async |_| ()).unwrap();
    runner.start(async { test(context, host).await });
}

#[test]
fn an_offset_sets_the_wall_and_a_jump_adds_to_it() {
    run(async |context, host| {
        let (clock, inside) = (host.clock(), host.context());
        clock.offset(5 * SECOND);
        assert_eq!(inside.current(), context.current() + 5 * SECOND);
        clock.jump(SECOND);
        assert_eq!(inside.current(), context.current() + 6 * SECOND);
        clock.jump_back(8 * SECOND);
        assert_eq!(inside.current(), context.current() - 2 * SECOND);
        clock.offset_back(3 * SECOND);
        assert_eq!(inside.current(), context.current() - 3 * SECOND);
        clock.offset(SECOND);
        assert_eq!(inside.current(), context.current() + SECOND);
        assert_eq!(inside.monotonic(), context.monotonic());
    });
}

#[test]
fn the_wall_goes_back_to_1970_and_no_further() {
    run(async |context, host| {
        host.clock().jump_back(Duration::MAX);
        context.sleep(SECOND).await;
        let shown = host.context().current();
        assert_eq!(shown, SystemTime::UNIX_EPOCH + SECOND);
    });
}

#[test]
fn a_jump_moves_no_sleep_that_was_called() {
    run(async |context, host| {
        let inside = host.context();
        let before = context.monotonic();
        let sleep = inside.sleep_until(inside.current() + 10 * SECOND);
        host.clock().jump(3600 * SECOND);
        sleep.await;
        assert_eq!(context.monotonic() - before, 10 * SECOND);
        inside.sleep_until(inside.current() - SECOND).await;
        host.clock().jump_back(60 * SECOND);
        inside.sleep_until(inside.current() + SECOND).await;
        assert_eq!(context.monotonic() - before, 11 * SECOND);
    });
}

/// In which order sleeps end that one task waits for, all of one deadline, when its wall jumps meanwhile.
fn order(seed: u64, jumps: bool) -> Vec<u32> {
    let (runner, context, _) = Executor::seeded(seed);
    let host = context.world().host("db", async |_| ()).unwrap();
    runner.start(async {
        let inside = host.context();
        let sleep = |number| {
            let sleep = inside.sleep(SECOND);
            async move {
                sleep.await;
                number
            }
        };
        // So that their timers lie elsewhere than in the order of their calls.
        let mut before: Vec<_> = (0..8).map(sleep).map(Box::pin).collect();
        let polled = before.iter_mut().map(FutureExt::now_or_never);
        assert_eq!(polled.flatten().count(), 0);
        drop(before);
        let mut sleeps: FuturesUnordered<_> = (0..8).map(sleep).collect();
        assert_eq!(sleeps.next().now_or_never(), None);
        if jumps {
            host.clock().jump(SECOND);
        }
        sleeps.collect().await
    })
}

#[test]
fn a_jump_does_not_reorder_what_is_due_at_one_instant() {
    let orders: Vec<_> = (0..20).map(|seed| order(seed, false)).collect();
    assert_ne!(orders[0], orders[1]);
    let of_jumps: Vec<_> = (0..20).map(|seed| order(seed, true)).collect();
    assert_eq!(orders, of_jumps);
}

#[test]
fn clocks_outlive_a_crash() {
    run(async |context, host| {
        host.clock().offset(SECOND);
        host.crash(runtime_deterministic::Crash::Reset).unwrap();
        host.restart().unwrap();
        assert_eq!(host.context().current(), context.current() + SECOND);
    });
}

#[test]
fn drift_slows_and_speeds_both_clocks_and_sleeps() {
    for (ppm, hour) in [
        (-50, 3_600_180_009_001),
        (50, 3_599_820_009_000),
        (0, 3_600_000_000_000),
    ] {
        run(async |context, host| {
            host.clock().drift_ppm(ppm);
            let inside = host.context();
            let (run, own, wall) = (context.monotonic(), inside.monotonic(), inside.current());
            inside.sleep(3600 * SECOND).await;
            assert_eq!(inside.monotonic() - own, 3600 * SECOND, "{ppm}");
            assert_eq!(inside.current(), wall + 3600 * SECOND, "{ppm}");
            assert_eq!((context.monotonic() - run).as_nanos(), hour, "{ppm}");
        });
    }
}

#[test]
fn a_drift_that_changes_moves_the_end_of_a_sleep() {
    run(async |context, host| {
        let inside = host.context();
        let before = context.monotonic();
        let sleeper = inside.spawn("sleeper", {
            let inside = inside.clone();
            async move { inside.sleep(10 * SECOND).await }
        });
        // A second at the right speed, two at twice the speed, ten at half of it: ten by the clock.
        context.sleep(SECOND).await;
        host.clock().drift_ppm(1_000_000);
        context.sleep(2 * SECOND).await;
        host.clock().drift_ppm(-500_000);
        sleeper.await.unwrap();
        assert_eq!(context.monotonic() - before, 13 * SECOND);
        assert_eq!(inside.monotonic(), context.monotonic() - 3 * SECOND);
    });
}

#[test]
fn a_clock_that_is_made_faster_ends_a_sleep_at_once_if_it_is_due() {
    run(async |context, host| {
        let inside = host.context();
        let before = context.monotonic();
        let sleep = inside.sleep_until_monotonic(inside.monotonic() + SECOND);
        host.clock().drift_ppm(1);
        context.timeout(SECOND, sleep).await.unwrap();
        assert_eq!(
            context.monotonic() - before,
            Duration::from_nanos(999_999_001)
        );
    });
}

/// The model: the clock's parts of a nanosecond, added up change by change.
#[test]
fn sleeps_end_at_their_deadlines_whatever_the_drift_does() {
    for seed in 0..50 {
        let (runner, context, _) = Executor::seeded(seed);
        let host = context.world().host("db", async |_| ()).unwrap();
        runner.start(async {
            let (inside, start) = (host.context(), context.monotonic());
            let now = || (context.monotonic() - start).as_nanos();
            // When the rate changed, to how many parts of a million.
            let (mut changes, mut sleepers) = (vec![(0, 1_000_000)], Vec::new());
            for _ in 0..20 {
                let parts = 1 + context.next_u64() % 3_000_000;
                host.clock().drift_ppm(parts as i32 - 1_000_000);
                changes.push((now(), u128::from(parts)));
                let nanos = context.next_u64() % 2_000_000;
                let deadline = inside.monotonic() + Duration::from_nanos(nanos);
                let (inside, outside) = (inside.clone(), context.clone());
                let sleeper = context.spawn("sleeper", async move {
                    inside.sleep_until_monotonic(deadline).await;
                    outside.monotonic()
                });
                sleepers.push((now(), deadline - start, sleeper));
                let pause = Duration::from_nanos(context.next_u64() % 300_000);
                context.sleep(pause).await;
            }
            host.clock().drift_ppm(0);
            changes.push((now(), 1_000_000));
            for (begun, deadline, sleeper) in sleepers {
                let ended = (sleeper.await.unwrap() - start).as_nanos();
                let shown = |instant: u128| {
                    let ends = changes[1..].iter().map(|(at, _)| *at).chain([instant]);
                    let spans = changes.iter().zip(ends);
                    let parts = spans
                        .map(|((from, rate), to)| to.min(instant).saturating_sub(*from) * rate);
                    parts.sum::<u128>() / 1_000_000
                };
                let deadline = deadline.as_nanos();
                assert!(shown(ended) >= deadline, "seed {seed}: early");
                assert!(
                    ended == begun || shown(ended - 1) < deadline,
                    "seed {seed}: late"
                );
            }
        });
    }
}

#[test]
fn a_disk_is_as_fast_as_before_whatever_its_host_shows() {
    run(async |context, host| {
        let ms = Duration::from_millis;
        let slow = DiskFaults {
            latency: [(DiskOp::Open, ms(8)..=ms(8))].into(),
            ..DiskFaults::default()
        };
        host.disk().set(slow).unwrap();
        host.clock().drift_ppm(1_000_000);
        let before = context.monotonic();
        host.context().open("wal", b"log").await.unwrap();
        assert_eq!(context.monotonic() - before, ms(8));
    });
}

#[test]
#[should_panic(expected = "deadlock at 0.000000 ms")]
fn a_sleep_by_a_clock_that_is_too_slow_never_ends() {
    run(async |_, host| {
        host.clock().drift_ppm(i32::MIN);
        host.context().sleep(100 * 3600 * SECOND).await;
    });
}
