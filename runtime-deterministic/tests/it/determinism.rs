//! The same seed gives the same run; the least difference gives another audit state.

use futures::FutureExt;
use runtime_deterministic::{
    Config, Context, Crash, DiskFaults, DiskOp, Executor, PayloadHash, Record, State,
};
use runtime_macros::select;
use runtime_traits::{
    Blob, Clock, Datagram, Datagrams, Error, Listener, Network, Panics, Random, Runner, Sink,
    Spawner, Storage, Stream,
};
use std::{
    env,
    future::pending,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
    time::Duration,
};

/// What differs between two runs of one seed.
#[derive(Clone, Copy, Default)]
struct Difference {
    nanos: u64,
    byte: u8,
    draws: usize,
    stored: u8,
    label: &'static str,
}

/// A bit of everything: hosts, a connection, a disk, a crash, draws, select!, sleeps.
fn state(seed: u64, difference: Difference) -> State {
    let (runner, context, auditor) = Executor::seeded(seed);
    runner.start(async { everything(&context, difference).await.unwrap() });
    auditor.state()
}

async fn everything(context: &Context, difference: Difference) -> Result<(), Error> {
    let server = context.world().host("server", async |context: Context| {
        let mut listener = context.bind(SocketAddr::new(context.addr(), 80)).await?;
        let blob = context.open("wal", b"log").await?;
        let (_, mut sink, mut stream) = listener.accept().await?;
        let mut buf = [0; 100];
        stream.recv(&mut buf).await?;
        blob.write_at(&buf, 0).await?;
        blob.sync().await?;
        sink.send(&buf).await?;
        listener.accept().await.map(|_| ())
    });
    let server = server.unwrap();
    let sleeper = context.clone();
    let nanos = Duration::from_nanos(1_000_000 + difference.nanos);
    drop(context.spawn(difference.label, async move { sleeper.sleep(nanos).await }));
    context.sleep(Duration::from_millis(2)).await;
    let (mut sink, mut stream) = context.dial(SocketAddr::new(server.addr(), 80)).await?;
    let mut message = [7; 100];
    message[50] = difference.byte;
    sink.send(&message).await?;
    stream.recv(&mut message).await?;
    let mut drawn = [0; 4];
    context.fill(&mut drawn);
    (0..difference.draws).for_each(|_| context.fill(&mut drawn[..1]));
    let blob = context.open("own", b"").await?;
    blob.write_at(&[difference.stored; 40], 3).await?;
    select! {
        _ = blob.sync() => {},
        _ = context.sleep(Duration::from_micros(500)) => {},
    }
    server.crash(Crash::Reset).unwrap();
    context.sleep(Duration::from_millis(5)).await;
    Ok(())
}

#[test]
fn equal_runs_have_equal_states() {
    for seed in 0..20 {
        assert_eq!(
            state(seed, Difference::default()),
            state(seed, Difference::default())
        );
    }
}

#[test]
fn what_ran_before_in_the_process_does_not_matter() {
    let before = state(7, Difference::default());
    (100..150).for_each(|seed| {
        state(seed, Difference::default());
    });
    #[expect(
        clippy::disallowed_methods,
        reason = "a run on another thread is the subject"
    )]
    let elsewhere = std::thread::spawn(|| state(7, Difference::default()));
    assert_eq!(before, state(7, Difference::default()));
    assert_eq!(before, elsewhere.join().unwrap());
}

fn unfinished(seed: u64) -> State {
    let (runner, context, auditor) = Executor::seeded(seed);
    runner.start(leave(context, seed));
    auditor.state()
}

/// The same, told otherwise, and it ends by a panic.
fn failed(seed: u64) {
    let mut config = Config::default();
    (config.seed, config.record) = (seed, Record::All);
    config.payload_hash = PayloadHash::Sha256;
    let (runner, context, _) = Executor::init(config);
    let root = async move {
        leave(context, seed).await;
        panic!("planted");
    };
    catch_unwind(AssertUnwindSafe(|| runner.start(root))).unwrap_err();
}

/// Leaves tasks, timers, sockets and bytes that nobody has done with; how many, the seed says.
async fn leave(context: Context, seed: u64) {
    let world = context.world();
    let hosts = 2 + seed % 5;
    let hosts: Vec<_> = (0..hosts)
        .map(|number| {
            let peer = SocketAddr::from(([10, 0, 0, 2 + ((number + 1) % hosts) as u8], 80));
            let boot = move |context| leaves_much(context, peer, seed);
            world.host(&format!("host-{number}"), boot).unwrap()
        })
        .collect();
    context.sleep(Duration::from_millis(3 + seed)).await;
    hosts[0].crash(Crash::Reset).unwrap();
    hosts[1].clock().drift_ppm(100_000);
    context.sleep(Duration::from_micros(seed * 100)).await;
}

/// Its tasks sleep, write and wait to read until the run ends; what comes for them comes before they
/// wait for it.
async fn leaves_much(context: Context, peer: SocketAddr, seed: u64) -> Result<(), Error> {
    let any = SocketAddr::from(([0, 0, 0, 0], 80));
    let (mut listener, datagram) = (context.bind(any).await?, context.bind_datagram(any).await?);
    for power in 0..20 + seed % 9 {
        let sleeper = context.clone();
        let nanos = Duration::from_nanos(1 << power);
        drop(context.spawn("sleeps", async move { sleeper.sleep(nanos).await }));
    }
    let dialler = context.clone();
    let writer = async move {
        dialler.sleep(Duration::from_micros(10)).await;
        let (mut sink, _stream) = dialler.dial(peer).await?;
        let len = [100_000, 1_000][seed as usize % 2];
        sink.send(&[7; 100_000][..len]).await
    };
    drop(context.spawn("writes", writer));
    context.sleep(Duration::from_micros(20)).await;
    datagram.send_to(&[7; 100], peer).await?;
    context.sleep(Duration::from_millis(2)).await;
    let receiver = async move { while datagram.recv_from(&mut [0; 100]).await.is_ok() {} };
    drop(context.spawn("receives", receiver));
    let mut accepted = Vec::new();
    loop {
        let (_, sink, mut stream) = listener.accept().await?;
        stream.recv(&mut [0; 100]).await?;
        accepted.push((sink, stream));
    }
}

#[test]
fn the_memory_that_a_run_leaves_on_its_thread_does_not_matter() {
    for seed in 0..30 {
        #[expect(
            clippy::disallowed_methods,
            reason = "a thread on which nothing ran is the subject"
        )]
        let fresh = std::thread::spawn(move || unfinished(seed));
        let fresh = fresh.join().unwrap();
        assert_eq!(unfinished(seed), fresh, "seed {seed}");
        failed(seed);
        assert_eq!(
            unfinished(seed),
            fresh,
            "seed {seed} after a run that failed"
        );
    }
}

#[test]
fn each_difference_shows() {
    let plain = Difference::default();
    let one = state(3, plain);
    let others = [
        state(4, plain),
        state(3, Difference { nanos: 1, ..plain }),
        state(3, Difference { byte: 1, ..plain }),
        state(3, Difference { draws: 1, ..plain }),
        state(3, Difference { stored: 1, ..plain }),
        state(
            3,
            Difference {
                label: "other",
                ..plain
            },
        ),
    ];
    for (place, other) in others.iter().enumerate() {
        assert_ne!(one, *other, "difference {place} does not show");
    }
}

/// One task, and nothing else drawn: of the seed the runs use the drawn bytes alone.
#[test]
fn a_drawn_byte_shows() {
    let of = |seed| {
        let (runner, context, auditor) = Executor::seeded(seed);
        let drawn = runner.start(async { context.next_u64() });
        (drawn, auditor.state())
    };
    assert_ne!(of(1).0, of(2).0);
    assert_ne!(of(1).1, of(2).1);
}

/// The states of runs of one seed that do one of two things.
fn pair<F: Future>(test: impl Fn(Context, bool) -> F) -> [State; 2] {
    [false, true].map(|which| {
        let (runner, context, auditor) = Executor::seeded(5);
        runner.start(async { test(context, which).await });
        auditor.state()
    })
}

fn differs<F: Future>(what: &str, test: impl Fn(Context, bool) -> F) {
    let [one, other] = pair(test);
    assert_ne!(one, other, "{what} does not show");
}

#[test]
fn what_fails_shows() {
    differs("a failed read", async |context: Context, fails| {
        let blob = context.open("p", b"x").await.unwrap();
        let result = if fails {
            blob.read_at(&mut [0], 5).await
        } else {
            Ok(())
        };
        assert_eq!(result.is_err(), fails);
    });
    differs("a failed truncate", async |context: Context, fails| {
        let blob = context.open("p", b"x").await.unwrap();
        let result = if fails {
            blob.truncate(u64::MAX).await
        } else {
            Ok(())
        };
        assert_eq!(result.is_err(), fails);
    });
    differs("an open of a bad name", async |context: Context, fails| {
        if fails {
            let opened = context.open("p/q", b"x").now_or_never();
            opened.expect("no poll shows it").unwrap_err();
        }
    });
    differs(
        "a removal of a bad name",
        async |context: Context, fails| {
            if fails {
                let removed = context.remove("p/q", None).now_or_never();
                removed.expect("no poll shows it").unwrap_err();
            }
        },
    );
    differs("a scan of a bad name", async |context: Context, fails| {
        if fails {
            let found = context.scan("p/q").now_or_never();
            found.expect("no poll shows it").unwrap_err();
        }
    });
    differs("a dial from elsewhere", async |context: Context, fails| {
        let mut config = runtime_traits::SocketConfig::default();
        config.local = Some("1.2.3.4".parse().unwrap());
        let socket = SocketAddr::new(context.addr(), 1);
        if fails {
            context.dial_with(socket, &config).await.unwrap_err();
        }
    });
}

#[test]
fn what_is_found_shows() {
    use runtime_traits::Resolver;
    differs("an address", async |context: Context, which| {
        let name = if which { "1.2.3.4" } else { "1.2.3.5" };
        context.resolve(name).await.unwrap();
    });
    differs("the end of a stream", async |context: Context, reads| {
        let socket = SocketAddr::new(context.addr(), 80);
        let mut listener = context.bind(socket).await.unwrap();
        let (mut sink, stream) = context.dial(socket).await.unwrap();
        let (_, _sink, mut end) = listener.accept().await.unwrap();
        sink.close().await.unwrap();
        if reads {
            assert_eq!(end.recv_some(&mut [0; 8]).await, Ok(0));
        }
        drop(stream);
    });
}

#[test]
fn the_host_that_is_acted_on_shows() {
    differs("who is stopped", async |context: Context, which| {
        let world = context.world();
        let hosts = ["a", "b"].map(|name| world.host(name, async |_| ()).unwrap());
        hosts[usize::from(which)].context().stop(3);
    });
}

#[test]
fn what_a_caught_panic_says_shows() {
    let state = |text: &'static str, dropped: bool| {
        let mut config = Config::default();
        config.panics = Panics::Catch;
        let (runner, context, auditor) = Executor::init(config);
        runner.start(async {
            let task = context.spawn("task", async move {
                let _saying = Saying(dropped.then_some(text));
                assert!(dropped, "{text}");
                pending::<()>().await;
            });
            context.sleep(Duration::from_millis(1)).await;
            task.abort();
            let _ = task.await;
        });
        auditor.state()
    };
    assert_ne!(state("one", false), state("other", false));
    assert_ne!(state("one", true), state("other", true));
}

/// Panics with this when it is dropped.
struct Saying(Option<&'static str>);

impl Drop for Saying {
    fn drop(&mut self) {
        if let Some(text) = self.0 {
            panic!("{text}");
        }
    }
}

#[test]
fn an_abort_shows() {
    differs(
        "an abort of a task that returns",
        async |context: Context, aborts| {
            let task = context.spawn("task", async {});
            if aborts {
                task.abort();
            }
            let _ = task.await;
        },
    );
}

/// Run in a process of its own by the next test.
#[test]
fn print_states() {
    for seed in 0..50 {
        println!("state {seed} {}", state(seed, Difference::default()));
    }
}

#[test]
fn two_processes_agree() {
    let states = || {
        let mut test = Command::new(env::current_exe().unwrap());
        test.args(["determinism::print_states", "--exact", "--nocapture"]);
        let output = test.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().filter(|line| line.contains("state "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let first = states();
    assert_eq!(first.len(), 50, "{first:?}");
    assert_eq!(first, states());
}

#[test]
fn what_a_test_does_to_a_host_shows() {
    type Host = runtime_deterministic::Host<()>;
    type Drive = fn(&Host);
    let driven: [(&str, Drive); 9] = [
        ("pause", |host| host.pause().unwrap()),
        ("wipe", |host| {
            host.crash(Crash::Reset).unwrap();
            host.wipe().unwrap();
        }),
        ("offset", |host| host.clock().offset(Duration::ZERO)),
        ("jump", |host| host.clock().jump(Duration::ZERO)),
        ("jump by more", |host| {
            host.clock().jump(Duration::from_nanos(1))
        }),
        ("drift", |host| host.clock().drift_ppm(0)),
        ("set", |host| {
            host.disk().set(DiskFaults::default()).unwrap()
        }),
        ("fail a scan", |host| host.disk().fail_next(DiskOp::Scan)),
        ("fail a sync", |host| host.disk().fail_next(DiskOp::Sync)),
    ];
    let state = |drive: Option<Drive>| {
        let (runner, context, auditor) = Executor::seeded(5);
        runner.start(async {
            let host = context.world().host("db", async |_| ()).unwrap();
            drive.into_iter().for_each(|drive| drive(&host));
        });
        auditor.state()
    };
    let mut states = vec![("nothing", state(None))];
    for (name, drive) in driven {
        let driven = state(Some(drive));
        let same = states.iter().find(|(_, state)| *state == driven);
        assert!(same.is_none(), "{name} does not show, or as {same:?}");
        states.push((name, driven));
    }
}
