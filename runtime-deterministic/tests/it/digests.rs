//! What seeds mean: the states of twenty programs, each with one seed, are kept in `digests.txt`; and
//! those of one that uses all there is, under faults and under schedules, and of one with many tasks.

use crate::faults::busy;
use runtime_deterministic::{
    Config, Context, Crash, Cut, DiskFaults, DiskOp, Executor, How, Ratio, State,
};
use runtime_macros::select;
use runtime_traits::{
    Blob, Clock, Datagram, Datagrams, Listener, Network, Panics, Random, Resolver, Runner, Sink,
    Spawner, Storage, Stream, reschedule,
};
use std::{
    fmt::Write, future::pending, net::SocketAddr, ops::RangeInclusive, path::Path, pin::Pin,
    time::Duration,
};

type Program = fn(Context) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! programs {
    ($($name:ident)+) => {
        [$((stringify!($name), (|context| Box::pin($name(context))) as Program)),+]
    };
}

const PROGRAMS: [(&str, Program); 20] = programs![
    nothing tasks labels aborts caught_panics sleeps draws selects stops hosts crashes pauses clocks
    streams half_closes links datagrams disks failing_disks names
];

/// What is printed when a state is another.
const ADVICE: &str = "What a seed means has changed. If that was not the intention, find the change \
    by Log::divergence. If it was, say in CHANGELOG.md whose seeds mean something else, and renew: \
    cargo test -p runtime-deterministic --test it -- --exact digests::renew --ignored";

/// What a busy program suffers, each under its name.
const FAULTS: [(&str, &str); 6] = [
    (
        "faulty_hosts",
        "crash=1/4 silent-crash=1/4 pause=1/4 wipe=1/4 pace=10ms outage=30ms",
    ),
    (
        "faulty_clocks",
        "offset=1/2 drift=1/2 jump=1/2 pace=10ms outage=30ms",
    ),
    (
        "faulty_links",
        "latency=1/4 bandwidth=1/4 loss=1/2 duplicate=1/4 reorder=1/4 pace=10ms outage=30ms",
    ),
    (
        "partitions",
        "partition=1/4 one-way=1/4 hold=1/4 cut=1/4 pace=10ms outage=30ms",
    ),
    (
        "faulty_disks",
        "io-error=1/4 failed-sync=1/4 disk-full=1/4 slow-disk=1/4 stall=1/4 rot=1/4 misdirect=1/4 \
         lost-write=1/4 pace=10ms outage=30ms",
    ),
    ("buggify", "buggify=1/4"),
];

/// Seeds of which it is drawn what goes wrong.
const DRAWN: RangeInclusive<u64> = 1..=4;

const SCHEDULES: [&str; 4] = ["fifo", "weighted", "pct depth=3 steps=100", "drawn"];

fn state(seed: u64, faults: &str, schedule: &str, program: Program) -> State {
    let mut config = Config::default();
    (config.seed, config.panics) = (seed, Panics::Catch);
    config.faults = faults.parse().unwrap();
    config.schedule = schedule.parse().unwrap();
    let (runner, context, auditor) = Executor::init(config);
    runner.start(program(context));
    auditor.state()
}

fn digests() -> String {
    let mut text = String::new();
    let mut put = |name: &str, state| writeln!(text, "{name} {state}").unwrap();
    for (name, program) in PROGRAMS {
        put(name, state(7, "none", "random", program));
    }
    let busy: Program = |context| Box::pin(busy(context.clone(), context.world(), ms(300)));
    for (name, faults) in FAULTS {
        put(name, state(7, faults, "random", busy));
    }
    for seed in DRAWN {
        put(
            &format!("drawn_faults_{seed}"),
            state(seed, "drawn", "random", busy),
        );
    }
    for schedule in SCHEDULES {
        let name = schedule.split(' ').next().unwrap();
        put(name, state(7, "none", schedule, busy));
    }
    let crowd: Program = |context| Box::pin(crowd(context));
    put("crowd", state(7, "none", "random", crowd));
    text
}

#[test]
fn seeds_mean_what_they_meant() {
    let expected = include_str!("digests.txt");
    let now = digests();
    for (now, then) in now.lines().zip(expected.lines()) {
        assert_eq!(now, then, "{ADVICE}");
    }
    assert_eq!(expected.lines().count(), now.lines().count(), "{ADVICE}");
}

#[test]
#[ignore = "writes digests.txt anew"]
#[expect(
    clippy::disallowed_methods,
    reason = "a file of the source, outside of runs"
)]
fn renew() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/digests.txt");
    std::fs::write(file, digests()).unwrap();
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn nothing(_: Context) {}

async fn tasks(context: Context) {
    let tasks = (0..8).map(|number| {
        context.spawn("task", async move {
            for _ in 0..number {
                reschedule().await;
            }
            number
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

/// So many tasks that a processor has not all of them at hand.
async fn crowd(context: Context) {
    let tasks = (0..5_000_u64).map(|number| {
        let inner = context.clone();
        context.spawn("task", async move {
            inner.sleep(Duration::from_micros(number % 7)).await;
            reschedule().await;
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

async fn labels(context: Context) {
    let inner = context.clone();
    let outer = context.spawn("outer", async move {
        let long = "inner, by a name of more than thirty-two bytes";
        inner.spawn(long, async {}).await.unwrap();
    });
    outer.await.unwrap();
}

async fn aborts(context: Context) {
    let tasks: Vec<_> = (0..4).map(|_| context.spawn("", pending::<()>())).collect();
    tasks[2].abort();
    reschedule().await;
    tasks[0].abort();
    context.sleep(ms(1)).await;
}

async fn caught_panics(context: Context) {
    context
        .spawn("a", async { panic!("a word") })
        .await
        .unwrap_err();
    let host = context
        .world()
        .host("db", async |_| panic!("{}", "words ".repeat(20)));
    assert!(host.unwrap().wait().await.is_err());
}

async fn sleeps(context: Context) {
    let sleeps = [5, 1, 3, 3, 2].map(|millis| context.spawn("", context.sleep(ms(millis))));
    for sleep in sleeps {
        sleep.await.unwrap();
    }
    context.sleep_until(context.current() + ms(7)).await;
    context.timeout(ms(1), pending::<()>()).await.unwrap_err();
}

async fn draws(context: Context) {
    context.next_u64();
    context.fill(&mut [0; 7]);
    context.fill(&mut [0; 100]);
}

async fn selects(context: Context) {
    for _ in 0..9 {
        select! {
            _ = reschedule() => {},
            _ = async {} => {},
            _ = context.sleep(ms(1)) => {},
        }
    }
}

async fn stops(context: Context) {
    let inner = context.clone();
    let waits = context.spawn("waits", async move { inner.stopped().await });
    context.sleep(ms(1)).await;
    context.stop(-3);
    waits.await.unwrap().unwrap();
}

async fn hosts(context: Context) {
    let world = context.world();
    for name in ["a", "b", "a host with a name of more than thirty-two bytes"] {
        let host = world.host(name, async |context: Context| {
            context.sleep(ms(1)).await;
            context.next_u64()
        });
        host.unwrap().wait().await.unwrap();
    }
}

async fn crashes(context: Context) {
    let host = context.world().host("db", async |context: Context| {
        let blob = context.open("wal", b"log").await.unwrap();
        for at in 0.. {
            blob.write_at(&[at as u8; 2_000], at * 2_000).await.unwrap();
            context.sleep(Duration::from_micros(100)).await;
        }
    });
    let host = host.unwrap();
    for how in [Crash::Reset, Crash::Silent, Crash::Reset] {
        context.sleep(ms(5)).await;
        host.crash(how).unwrap();
        host.restart().unwrap();
    }
    host.crash(Crash::Reset).unwrap();
    host.wipe().unwrap();
}

async fn pauses(context: Context) {
    let host = context.world().host("db", async |context: Context| {
        loop {
            context.sleep(ms(1)).await;
        }
    });
    let host = host.unwrap();
    context.sleep(ms(3)).await;
    host.pause().unwrap();
    context.sleep(ms(3)).await;
    host.resume().unwrap();
    context.sleep(ms(3)).await;
}

async fn clocks(context: Context) {
    let host = context.world().host("db", async |context: Context| {
        loop {
            context.sleep(ms(1)).await;
        }
    });
    let host = host.unwrap();
    host.clock().offset(ms(5));
    host.clock().drift_ppm(-50);
    context.sleep(ms(3)).await;
    host.clock().jump_back(ms(1));
    host.clock().drift_ppm(70_000);
    context.sleep(ms(3)).await;
}

async fn echo(context: Context) {
    let mut listener = context
        .bind(SocketAddr::new(context.addr(), 80))
        .await
        .unwrap();
    while let Ok((_, mut sink, mut stream)) = listener.accept().await {
        let inner = context.clone();
        drop(context.spawn("echo", async move {
            let mut buf = [0; 64];
            while let Ok(len @ 1..) = stream.recv_some(&mut buf).await {
                inner.sleep(Duration::from_micros(10)).await;
                if sink.send(&buf[..len]).await.is_err() {
                    break;
                }
            }
        }));
    }
}

/// A host that echoes, and its socket.
async fn server(context: &Context) -> SocketAddr {
    let host = context.world().host("server", echo).unwrap();
    context.sleep(ms(2)).await;
    SocketAddr::new(host.addr(), 80)
}

async fn talk(context: &Context, socket: SocketAddr) {
    let Ok((mut sink, mut stream)) = context.dial(socket).await else {
        return;
    };
    for round in 0..5 {
        let mut buf = [round; 100];
        if sink.send(&buf).await.is_err() || stream.recv(&mut buf).await.is_err() {
            break;
        }
    }
}

async fn streams(context: Context) {
    let socket = server(&context).await;
    talk(&context, socket).await;
    let nobody = context.dial(SocketAddr::new(socket.ip(), 81)).await;
    assert!(nobody.is_err());
}

async fn half_closes(context: Context) {
    let socket = server(&context).await;
    let (mut sink, mut stream) = context.dial(socket).await.unwrap();
    sink.send(&[1; 500]).await.unwrap();
    sink.close().await.unwrap();
    stream.recv(&mut [0; 500]).await.unwrap();
    let (mut sink, _stream) = context.dial(socket).await.unwrap();
    sink.poison();
    context.sleep(ms(5)).await;
}

async fn links(context: Context) {
    let socket = server(&context).await;
    let world = context.world();
    let link = world.link("root", "server").unwrap();
    link.latency(ms(1)..=ms(5))
        .bandwidth(50_000)
        .loss(Ratio::new(1, 5));
    talk(&context, socket).await;
    world
        .cut(
            "server",
            "root",
            Cut {
                after_bytes: 150,
                how: How::Rst,
            },
        )
        .unwrap();
    talk(&context, socket).await;
    world.heal();
    world.partition(&["root"], &["server"]).unwrap();
    let _ = context.timeout(ms(900), talk(&context, socket)).await;
    world.heal();
    world.hold(&["root"], &["server"]).unwrap();
    let _ = context.timeout(ms(100), talk(&context, socket)).await;
    world.release(&["root"], &["server"]).unwrap();
    context.sleep(ms(1_000)).await;
}

async fn datagrams(context: Context) {
    let host = context.world().host("hears", async |context: Context| {
        let socket = context
            .bind_datagram(SocketAddr::new(context.addr(), 90))
            .await
            .unwrap();
        loop {
            socket.recv_from(&mut [0; 8]).await.unwrap();
        }
    });
    let to = SocketAddr::new(host.unwrap().addr(), 90);
    context.sleep(ms(1)).await;
    let link = context.world().link("root", "hears").unwrap();
    link.loss(Ratio::new(1, 4))
        .duplicate(Ratio::new(1, 4))
        .reorder(Ratio::new(1, 4), ms(1)..=ms(2));
    let socket = context
        .bind_datagram(SocketAddr::new(context.addr(), 90))
        .await
        .unwrap();
    for number in 0..20_u64 {
        socket.send_to(&number.to_le_bytes(), to).await.unwrap();
    }
    let nobody = SocketAddr::new(to.ip(), 91);
    socket.send_to(b"nobody", nobody).await.unwrap();
    context.sleep(ms(10)).await;
}

async fn disks(context: Context) {
    let blob = context.open("wal", b"log").await.unwrap();
    blob.write_at(&[1; 5_000], 10).await.unwrap();
    blob.sync().await.unwrap();
    blob.truncate(70).await.unwrap();
    let mut buf = [0; 20];
    blob.read_at(&mut buf, 5).await.unwrap();
    assert!(blob.read_at(&mut buf, 1 << 20).await.is_err());
    assert_eq!(blob.len().await, Ok(70));
    blob.close().await.unwrap();
    context.open("wal", b"\xff").await.unwrap();
    context.scan("wal").await.unwrap();
    context.remove("wal", Some(b"log")).await.unwrap();
    context.remove("wal", None).await.unwrap();
}

async fn failing_disks(context: Context) {
    let host = context.world().host("db", async |context: Context| {
        for at in 0..200 {
            let Ok(blob) = context.open("wal", b"log").await else {
                continue;
            };
            let _ = blob.write_at(&[3; 9_000], at * 4_096).await;
            let _ = blob.sync().await;
            let _ = blob.read_at(&mut [0; 9_000], at * 4_096).await;
        }
    });
    let host = host.unwrap();
    let faults = DiskFaults {
        errors: [DiskOp::Read, DiskOp::Write, DiskOp::Sync]
            .map(|op| (op, Ratio::new(1, 20)))
            .into(),
        stalls: Ratio::new(1, 50),
        capacity: Some(1 << 19),
        bit_rot: Ratio::new(1, 10),
        lost_writes: Ratio::new(1, 20),
        misdirected_writes: Ratio::new(1, 20),
        ..DiskFaults::default()
    };
    host.disk().set(faults).unwrap();
    host.disk().fail_next(DiskOp::Open);
    context.sleep(ms(60_000)).await;
    host.crash(Crash::Reset).unwrap();
}

async fn names(context: Context) {
    context.world().host("db", async |_| ()).unwrap();
    for name in ["db", "localhost", "1.2.3.4", "::1"] {
        context.resolve(name).await.unwrap();
    }
    assert!(context.resolve("nobody").await.is_err());
}
