//! What a failing seed tells to who looks closer at it, each in a process of its own.

use runtime_deterministic::{Context, Executor, Simulation, simulate};
use runtime_traits::{Clock, Datagram, Datagrams, Here, Runner, Spawner};
use std::{env, net::Ipv4Addr, process::Command, thread, time::Duration};

fn simulation() -> Simulation {
    Simulation {
        seeds: 7..8,
        ..Simulation::default()
    }
}

/// Does more than what a block shows of itself.
#[test]
#[ignore = "fails on purpose"]
fn fails_late() {
    simulate(simulation(), async |context: Context| {
        let socket = context.bind_datagram((Ipv4Addr::LOCALHOST, 53).into());
        let socket = socket.await.unwrap();
        socket.send_to(b"early", socket.local_addr()).await.unwrap();
        for _ in 0..30 {
            context.sleep(Duration::from_millis(1)).await;
        }
        fails_at_last();
    });
}

#[inline(never)]
fn fails_at_last() {
    panic!("at last");
}

/// Panics as tokio does outside its runtime.
#[test]
#[ignore = "fails on purpose"]
fn asks_tokio() {
    simulate(simulation(), async |_: Context| {
        #[expect(clippy::disallowed_methods, reason = "its panic is the subject")]
        tokio::time::sleep(Duration::from_millis(1)).await;
    });
}

/// Panics in what this crate has of a handle, called by a task of the test's.
#[test]
#[ignore = "fails on purpose"]
fn asks_twice() {
    simulate(simulation(), async |context: Context| {
        let asking = context.spawn("asking", asks_a_handle_twice(context.clone()));
        asking.await.unwrap();
    });
}

#[inline(never)]
async fn asks_a_handle_twice(context: Context) {
    let mut handle = context.spawn("asked", async {});
    (&mut handle).await.unwrap();
    (&mut handle).await.unwrap();
}

/// What a failing test prints, with this of the environment.
fn fails(test: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    let path = format!("closer::{test}");
    command.args([&path, "--exact", "--ignored", "--nocapture"]);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("SIM_") || text.ends_with("_BACKTRACE") {
            command.env_remove(&name);
        }
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(101));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn as_many_events_are_told_as_the_environment_asks_for_and_whole() {
    let early = "sends a datagram of 5 bytes to 127.0.0.1:53";
    let few = fails("fails_late", &[]);
    assert!(!few.contains(early), "{few}");
    assert!(
        few.contains("last events\n  (SIM_EVENTS=1000 tells more)\n"),
        "{few}"
    );
    let all = fails("fails_late", &[("SIM_EVENTS", "1000")]);
    assert!(all.contains(&format!("{early}: \"early\"\n")), "{all}");
    assert!(!all.contains("SIM_EVENTS"), "{all}");
    let one = fails("fails_late", &[("SIM_EVENTS", "1")]);
    let only = "last events\n  30.000000 ms root: panicked: at last\nreplay\n";
    assert!(one.contains(only), "{one}");
    let none = fails("fails_late", &[("SIM_EVENTS", "all")]);
    assert!(none.contains("use one, as in SIM_EVENTS=1000"), "{none}");
}

#[test]
fn a_backtrace_is_shown_where_it_is_asked_for() {
    let block = fails("fails_late", &[("RUST_BACKTRACE", "1")]);
    let (_, backtrace) = block.split_once("\nbacktrace\n").expect("it is there");
    let (backtrace, _) = backtrace.split_once("\nlast events\n").unwrap();
    assert!(backtrace.contains("closer::fails_at_last"), "{block}");
    assert!(!backtrace.contains("core::panicking::"), "{block}");
    assert!(
        !backtrace.contains("runtime_deterministic::runner::"),
        "{block}"
    );
    let block = fails("asks_twice", &[("RUST_BACKTRACE", "1")]);
    let (_, backtrace) = block.split_once("\nbacktrace\n").unwrap();
    let (backtrace, _) = backtrace.split_once("\nlast events\n").unwrap();
    assert!(backtrace.contains("tests/it/closer.rs:"), "{block}");
    let block = fails("fails_late", &[]);
    assert!(!block.contains("\nbacktrace\n"), "{block}");
}

#[test]
fn who_asks_tokio_is_told_whom_to_ask() {
    let block = fails("asks_tokio", &[]);
    let advice = "\nadvice\n  a simulation is no tokio runtime: ask the context for tasks, time,";
    assert!(block.contains(advice), "{block}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a moment on another thread")]
fn a_moment_is_told_as_events_are_and_elsewhere_by_address() {
    let (runner, context, _) = Executor::seeded(1);
    let outside = context.clone();
    runner.start(async {
        let boot = |context: Context| async move {
            let here = async { Context::here().unwrap().moment().to_string() };
            let of_task = context.spawn("writer", here).await.unwrap();
            assert_eq!(of_task, "0.000000 ms db writer");
            let foreign = move || context.moment().to_string();
            thread::spawn(foreign).join().unwrap()
        };
        let db = context.world().host("db", boot).unwrap();
        let address = db.addr();
        assert_eq!(db.wait().await.unwrap(), format!("0.000000 ms {address}"));
        context.sleep(Duration::from_millis(2)).await;
    });
    assert_eq!(
        outside.moment().to_string(),
        format!("2.000000 ms {}", outside.addr())
    );
}
