//! A context, and what it gave, on threads that the simulation does not run.

#![expect(
    clippy::disallowed_methods,
    reason = "another thread, on which nothing is simulated, may wait"
)]

use futures::{FutureExt, executor::block_on};
use runtime_deterministic::{Context, Crash, Executor};
use runtime_traits::{
    Blob, Clock, Datagram, Datagrams, Error, Listener, Network, Resolver, Runner, Spawner, Storage,
    Stream, reschedule,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Barrier,
    time::Duration,
};

const PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 80);

/// Runs `work` on a thread of its own, while the run's virtual time goes on.
async fn elsewhere<T: Send + 'static>(
    context: &Context,
    work: impl FnOnce(Context) -> T + Send + 'static,
) -> T {
    let foreign = context.clone();
    #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
    let thread = std::thread::spawn(move || work(foreign));
    while !thread.is_finished() {
        context.sleep(Duration::from_millis(1)).await;
    }
    // What the thread left is taken in before the next poll.
    reschedule().await;
    thread.join().unwrap()
}

#[test]
fn a_thread_can_use_a_context_while_the_run_goes_on() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let foreign = context.clone();
        #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
        let thread = std::thread::spawn(move || {
            foreign.stop(5);
            (foreign.spawn("foreign", async { 7 }), foreign.current())
        });
        let (task, _) = thread.join().unwrap();
        assert_eq!(task.await, Ok(7));
        assert_eq!(context.stopped().await, Ok(5));
    });
}

#[test]
fn the_stop_of_a_thread_is_told_when_its_call_returns() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let (foreign, waits) = (context.clone(), context.stopped());
        #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
        let thread = std::thread::spawn(move || {
            foreign.stop(5);
            foreign.stop(6);
            foreign.stopped().now_or_never()
        });
        assert_eq!(thread.join().unwrap(), Some(Ok(5)));
        assert_eq!(waits.now_or_never(), Some(Ok(5)));
        context.stop(7);
        assert_eq!(context.stopped().now_or_never(), Some(Ok(5)));
    });
}

/// The word of one thread is told by another that comes to it first.
#[test]
fn of_two_threads_that_stop_a_host_each_finds_it_told() {
    const HOSTS: usize = 2000;
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let mut hosts = Vec::new();
        for number in 0..HOSTS {
            let host = context.world().host(&number.to_string(), async |_| ());
            let inside = host.unwrap().context();
            hosts.push((inside.stopped(), inside));
        }
        let barrier = Barrier::new(2);
        #[expect(clippy::disallowed_methods, reason = "foreign threads are the subject")]
        std::thread::scope(|scope| {
            for value in 0..2 {
                let (hosts, barrier) = (&hosts, &barrier);
                scope.spawn(move || {
                    for (signal, inside) in hosts {
                        barrier.wait();
                        inside.stop(value);
                        assert!(signal.clone().now_or_never().is_some());
                    }
                });
            }
        });
    });
}

#[test]
fn a_thread_can_watch_for_the_stop() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let foreign = context.clone();
        #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
        let thread = std::thread::spawn(move || foreign.stopped());
        let stopped = thread.join().unwrap();
        context.stop(4);
        assert_eq!(stopped.await, Ok(4));
    });
}

#[test]
fn a_thread_can_open_and_scan_and_remove() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let blob = elsewhere(&context, |context| block_on(context.open("p", b"x"))).await;
        blob.unwrap().write_at(b"abc", 0).await.unwrap();
        let found = elsewhere(&context, |context| block_on(context.scan("p"))).await;
        assert_eq!(found, Ok(vec![b"x".to_vec()]));
        let gone = elsewhere(&context, |context| block_on(context.remove("p", None))).await;
        assert_eq!(gone, Ok(()));
        let missing = elsewhere(&context, |context| block_on(context.scan("p"))).await;
        assert_eq!(missing, Err(Error::PartitionMissing("p".into())));
    });
}

#[test]
fn a_thread_hears_of_a_bad_name_while_its_host_lives() {
    let (runner, context, _) = Executor::default();
    let refusals = |context: Context| {
        [
            block_on(context.open("p/q", b"x")).err(),
            block_on(context.remove("p/q", None)).err(),
            block_on(context.scan("p/q")).err(),
        ]
    };
    runner.start(async {
        let invalid = [(); 3].map(|()| Some(Error::PartitionNameInvalid("p/q".into())));
        assert_eq!(elsewhere(&context, refusals).await, invalid);
        let host = context.world().host("db", async |_| ()).unwrap();
        let inside = host.context();
        host.crash(Crash::Reset).unwrap();
        let asked = elsewhere(&context, move |_| refusals(inside)).await;
        assert_eq!(asked, [const { Some(Error::Closed) }; 3]);
    });
}

#[test]
fn a_thread_can_bind_and_dial_and_resolve() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let listener = elsewhere(&context, |context| block_on(context.bind(PORT))).await;
        let mut listener = listener.unwrap();
        let dialled = elsewhere(&context, |context| block_on(context.dial(PORT))).await;
        let (_, _sink, mut stream) = listener.accept().await.unwrap();
        // A half that a thread drops is dropped.
        elsewhere(&context, move |_| drop(dialled)).await;
        assert_eq!(stream.recv_some(&mut [0]).await, Ok(0));
        elsewhere(&context, move |_| drop(listener)).await;
        drop(context.bind(PORT).await.unwrap());
        let socket = elsewhere(&context, |context| block_on(context.bind_datagram(PORT))).await;
        assert_eq!(socket.unwrap().local_addr(), PORT);
        let found = elsewhere(&context, |context| block_on(context.resolve("root"))).await;
        assert_eq!(found, Ok(vec![context.addr()]));
    });
}

#[test]
fn a_thread_sees_the_tasks_and_its_own_are_counted() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let task = elsewhere(&context, |context| context.spawn("theirs", async {})).await;
        task.await.unwrap();
        let counts = elsewhere(&context, |context| context.tasks()).await;
        assert_eq!(counts, context.tasks());
        assert_eq!((counts[0].label.as_str(), counts[0].spawned), ("theirs", 1));
    });
}
