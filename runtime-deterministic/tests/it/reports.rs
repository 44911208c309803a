//! What a run says when it cannot go on: every word of it.

use runtime_deterministic::{Config, Context, Crash, Executor, Simulation, simulate};
use runtime_traits::{
    Clock, Datagram, Datagrams, Error, Listener, Network, Panics, Runner, Sink, Spawner, Stream,
    reschedule,
};
use std::{
    future::pending,
    net::{Ipv4Addr, SocketAddr},
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// The text of the panic that ends a run, with `here` for the places in this file.
fn report<F: Future>(config: Config, test: impl FnOnce(Context) -> F) -> String {
    let (runner, context, _) = Executor::init(config);
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async { test(context).await });
    }));
    let payload = result.expect_err("the run was to panic");
    let text = payload.downcast::<String>().expect("a report is a String");
    let mut words: Vec<_> = text.split(' ').map(String::from).collect();
    for word in &mut words {
        if word.starts_with(file!()) {
            let end = word.find(')').expect("places stand in brackets");
            word.replace_range(..end, "here");
        }
    }
    words.join(" ")
}

fn any(port: u16) -> SocketAddr {
    (Ipv4Addr::UNSPECIFIED, port).into()
}

#[test]
fn a_deadlock_names_who_waits_for_what() {
    let text = report(Config::default(), async |context| {
        let world = context.world();
        let db = world.host("db-1", async |context: Context| {
            let mut listener = context.bind(any(80)).await.unwrap();
            let (_, _sink, mut stream) = listener.accept().await.unwrap();
            let accepts = context.spawn("accepts", async move { drop(listener.accept().await) });
            let talks = context.spawn("talks", async move { stream.recv(&mut [0; 4]).await });
            drop((accepts.await, talks.await));
        });
        let db = db.unwrap();
        let (_sink, mut stream) = context.dial((db.addr(), 80).into()).await.unwrap();
        let socket = context.bind_datagram(any(90)).await.unwrap();
        let hears = async move { socket.recv_from(&mut [0; 4]).await };
        let hears = context.spawn("hears", hears);
        let inner = context.clone();
        let joins = context.spawn("joins", async move {
            let _hears = hears;
            let dreams = inner.spawn("dreams", pending::<()>());
            dreams.await
        });
        let _receives = stream.recv(&mut [0; 1]).await;
        joins.await.unwrap().unwrap();
    });
    let expected = "deadlock at 0.573964 ms: no task is ready and no timer runs. Everything waits:
  the root: receives from 10.0.0.2:80
  host db-1, its boot function: waits for the handle of host db-1, task \"accepts\" (spawned at here)
  host db-1, task \"accepts\" (spawned at here): accepts on 0.0.0.0:80
  host db-1, task \"talks\" (spawned at here): receives from 10.0.0.1:32768
  host root, task \"hears\" (spawned at here): receives datagrams at 0.0.0.0:90
  host root, task \"joins\" (spawned at here): waits for the handle of host root, task \"joins_dreams\" (spawned at here)
  host root, task \"joins_dreams\" (spawned at here): waits for a channel or something else of its own
";
    assert_eq!(text, expected);
}

#[test]
fn a_deadlock_names_a_writer_whose_peer_reads_nothing() {
    let text = report(Config::default(), async |context| {
        let socket = (Ipv4Addr::LOCALHOST, 80).into();
        let mut listener = context.bind(socket).await.unwrap();
        let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
        let _far = listener.accept().await.unwrap();
        sink.send(&vec![0; 64 << 20]).await.unwrap();
    });
    let expected = "deadlock at 0.000000 ms: no task is ready and no timer runs. Everything waits:
  the root: sends to 127.0.0.1:80
";
    assert_eq!(text, expected);
}

#[test]
fn a_livelock_names_its_task_and_what_to_do() {
    let mut config = Config::default();
    config.poll_limit = 1_000;
    let text = report(config, async |context| {
        let db = context.world().host("db-1", async |context: Context| {
            context.sleep(Duration::from_millis(5)).await;
            let spin = async {
                loop {
                    reschedule().await;
                }
            };
            context.spawn("spinning", spin).await
        });
        db.unwrap().wait().await
    });
    let expected = "livelock: host db-1, task \"spinning\" (spawned at here) was polled more than \
        1000 times at 5.000000 ms. Virtual time moves only when every task waits: let the loop sleep, \
        or await something, instead of rescheduling; or raise Config.poll_limit";
    assert_eq!(text, expected);
}

#[test]
fn a_limit_of_virtual_time_names_who_is_left() {
    let mut config = Config::default();
    config.timeout = Some(Duration::from_secs(60));
    let text = report(config, async |context| {
        let sleep = context.sleep(Duration::from_secs(61));
        context.spawn("sleeps", sleep).await
    });
    let expected = "the limit of 60s of virtual time passed; a test that needs longer raises its \
        `timeout`. Not yet ended:
  the root: waits for the handle of host root, task \"sleeps\" (spawned at here)
  host root, task \"sleeps\" (spawned at here): sleeps until 61000.000000 ms
";
    assert_eq!(text, expected);
}

#[test]
fn a_crashed_hosts_tasks_wait_for_nothing() {
    let text = report(Config::default(), async |context| {
        let db = context
            .world()
            .host("db-1", async |_| pending::<()>().await);
        let db = db.unwrap();
        context.sleep(Duration::from_millis(1)).await;
        db.crash(Crash::Silent).unwrap();
        pending::<()>().await;
    });
    let expected = "deadlock at 1.000000 ms: no task is ready and no timer runs. Everything waits:
  the root: waits for a channel or something else of its own
  host db-1: has crashed, and was not restarted
";
    assert_eq!(text, expected);
}

#[test]
fn a_report_says_why_a_host_is_out_of_work() {
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let text = report(config, async |context| {
        let world = context.world();
        let hosts = [
            world.host("has-ended", async |_| ()),
            world.host("is-stopped", async |context: Context| context.stop(0)),
            world.host("falls", async |_| panic!("falls")),
            world.host("stops-and-falls", async |context: Context| {
                context.stop(0);
                panic!("falls")
            }),
            world.host("leaves-tasks", async |context: Context| {
                context.spawn("left", pending::<()>());
            }),
        ];
        assert!(hosts.iter().all(Result::is_ok));
        world
            .supervise(&["is-stopped", "stops-and-falls", "leaves-tasks"])
            .unwrap();
        pending::<()>().await;
    });
    let expected = "deadlock at 0.000000 ms: no task is ready and no timer runs. Everything waits:
  the root: waits for a channel or something else of its own
  host leaves-tasks, task \"left\" (spawned at here): waits for a channel or something else of its own
  host has-ended: its boot function has returned
  host is-stopped: its boot function has returned; it was told to stop, and so is not started again
  host falls: a panic, which was caught, ended its process
  host stops-and-falls: a panic, which was caught, ended its process; it was told to stop, and so is not started again
  host leaves-tasks: its boot function has returned; it is started again once its tasks have ended, too
";
    assert_eq!(text, expected);
}

#[test]
fn a_simulation_runs_with_the_limits_it_is_given() {
    let polled = |poll_limit| {
        let simulation = Simulation {
            seeds: 0..1,
            poll_limit,
            ..Simulation::default()
        };
        let busy = async |_: Context| {
            for _ in 0..100 {
                reschedule().await
            }
        };
        catch_unwind(|| simulate(simulation, busy)).is_ok()
    };
    assert!(polled(200));
    assert!(!polled(50));
    let panics = Panics::Catch;
    let simulation = Simulation {
        seeds: 0..1,
        panics,
        ..Simulation::default()
    };
    simulate(simulation, async |context: Context| {
        let task = context.spawn("task", async { panic!("caught") });
        assert_eq!(task.await, Err::<(), _>(Error::Exited));
    });
}
