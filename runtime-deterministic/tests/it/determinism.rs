//! The same seed gives the same run; the least difference gives another audit state.

use runtime_deterministic::{Context, Crash, Executor, State};
use runtime_macros::select;
use runtime_traits::{
    Blob, Clock, Error, Listener, Network, Random, Runner, Sink, Spawner, Storage, Stream,
};
use std::{env, net::SocketAddr, process::Command, time::Duration};

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
