//! Hosts: their network, their disks, their crashes.

use runtime_deterministic::{Context, Crash, Executor, Host, World, WorldError};
use runtime_traits::{
    Blob, Clock, Error, Listener, Network, Resolver, Runner, Sink, Spawner, Storage, Stream,
    reschedule,
};
use std::{
    future::pending,
    io::ErrorKind,
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

const PORT: u16 = 7000;

async fn echo(context: Context) -> Result<(), Error> {
    let mut listener = context.bind(SocketAddr::new(context.addr(), PORT)).await?;
    loop {
        let (_, mut sink, mut stream) = listener.accept().await?;
        drop(context.spawn("connection", async move {
            let mut buf = [0; 5];
            while stream.recv(&mut buf).await.is_ok() {
                sink.send(&buf).await?;
            }
            Ok::<_, Error>(())
        }));
    }
}

async fn dial(
    context: &Context,
    host: &str,
) -> Result<impl Future<Output = Result<[u8; 5], Error>>, Error> {
    let ip = context.resolve(host).await?[0];
    let (mut sink, mut stream) = context.dial(SocketAddr::new(ip, PORT)).await?;
    Ok(async move {
        let mut buf = [0; 5];
        sink.send(b"hello").await?;
        stream.recv(&mut buf).await?;
        Ok(buf)
    })
}

pub(super) fn run<F: Future<Output = Result<(), Error>>>(test: impl FnOnce(Context, World) -> F) {
    let (runner, context, _) = Executor::seeded(3);
    let world = context.world();
    runner.start(async { test(context, world).await.unwrap() });
}

#[test]
fn hosts_talk_and_time_passes_on_the_way() {
    run(async |context, world| {
        world.host("server", echo).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let before = context.monotonic();
        assert_eq!(dial(&context, "server").await?.await, Ok(*b"hello"));
        assert!(context.monotonic() > before);
        Ok(())
    });
}

#[test]
fn a_reset_crash_breaks_connections_and_a_restart_serves_again() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let talk = dial(&context, "server").await?;
        server.crash(Crash::Reset).unwrap();
        assert_eq!(
            talk.await,
            Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
        );
        assert_eq!(server.wait().await, Err(Error::Exited));
        let refused = dial(&context, "server").await.err();
        let socket = SocketAddr::new(server.addr(), PORT);
        let expected = Error::ConnectionFailed(socket, ErrorKind::ConnectionRefused.into());
        assert_eq!(refused, Some(expected));
        server.restart().unwrap();
        context.sleep(Duration::from_millis(1)).await;
        assert_eq!(dial(&context, "server").await?.await, Ok(*b"hello"));
        Ok(())
    });
}

#[test]
fn a_silent_crash_leaves_peers_waiting() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let talk = dial(&context, "server").await?;
        server.crash(Crash::Silent).unwrap();
        let minutes = Duration::from_secs(600);
        let mut talk = Box::pin(talk);
        assert_eq!(
            context.timeout(minutes, &mut talk).await,
            Err(Error::Timeout)
        );
        server.restart().unwrap();
        assert_eq!(
            talk.await,
            Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
        );
        Ok(())
    });
}

#[test]
fn what_is_synced_survives_and_what_is_not_may_be_lost() {
    let durable = |seed| {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(async {
            let host = context.world().host("db", async |context: Context| {
                let blob = context.open("wal", b"log").await.unwrap();
                blob.write_at(&[1; 2048], 0).await.unwrap();
                blob.sync().await.unwrap();
                blob.write_at(&[2; 2048], 2048).await.unwrap();
                pending::<()>().await;
            });
            let host = host.unwrap();
            context.sleep(Duration::from_millis(10)).await;
            host.crash(Crash::Reset).unwrap();
            host.partition("wal").unwrap().remove(&b"log"[..]).unwrap()
        })
    };
    let blobs: Vec<_> = (0..40).map(durable).collect();
    assert!(blobs.iter().all(|blob| blob[..2048] == [1; 2048]));
    assert!(
        blobs.iter().any(|blob| blob.len() == 2048),
        "no write was lost"
    );
    assert!(
        blobs.iter().any(|blob| blob.ends_with(&[2; 2048])),
        "no write was kept"
    );
    let torn = |blob: &Vec<u8>| blob[2048..].contains(&2) && !blob.ends_with(&[2; 2048]);
    assert!(blobs.iter().any(torn), "no write was torn");
}

#[test]
fn a_dead_host_does_nothing() {
    run(async |context, world| {
        let host = world.host("db", async |_| pending::<()>().await).unwrap();
        let inside = host.context();
        let task = inside.spawn("task", pending::<()>());
        host.crash(Crash::Reset).unwrap();
        assert_eq!(task.await, Err(Error::Exited));
        assert_eq!(inside.open("wal", b"log").await.err(), Some(Error::Closed));
        assert_eq!(inside.spawn("late", async {}).await, Err(Error::Exited));
        assert_eq!(
            host.crash(Crash::Reset),
            Err(WorldError::NotRunning("db".into()))
        );
        host.restart().unwrap();
        assert_eq!(host.restart(), Err(WorldError::AlreadyRunning("db".into())));
        assert_eq!(host.context().spawn("task", async { 7 }).await, Ok(7));
        context.sleep(Duration::from_secs(1)).await;
        Ok(())
    });
}

#[test]
fn a_writer_that_waits_for_room_on_a_silent_machine_hears_of_its_restart() {
    run(async |context, world| {
        let server = world.host("server", async |context: Context| {
            let socket = SocketAddr::new(context.addr(), PORT);
            let mut listener = context.bind(socket).await.unwrap();
            let _connection = listener.accept().await.unwrap();
            pending::<()>().await;
        });
        let server = server.unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let socket = SocketAddr::new(server.addr(), PORT);
        let (mut sink, _stream) = context.dial(socket).await?;
        let fill = sink.send(&[1; 1 << 20]);
        let mut fill = Box::pin(context.timeout(Duration::from_secs(3600), fill));
        assert_eq!(
            context.timeout(Duration::from_secs(1), &mut fill).await,
            Err(Error::Timeout)
        );
        server.crash(Crash::Silent).unwrap();
        context.sleep(Duration::from_millis(10)).await;
        server.restart().unwrap();
        let reset = Error::SendFailed(ErrorKind::ConnectionReset.into());
        assert_eq!(fill.await, Ok(Err(reset)));
        Ok(())
    });
}

#[test]
fn who_watches_a_host_hears_of_its_crash() {
    for crash in [Crash::Reset, Crash::Silent] {
        run(async |context, world| {
            let host = world.host("db", async |_| pending::<()>().await).unwrap();
            let inside = host.context();
            let mut listener = inside.bind(SocketAddr::new(host.addr(), PORT)).await?;
            let socket = listener.local_addr();
            let (_sink, mut stream) = inside.dial(socket).await?;
            let (_, mut full, _kept) = listener.accept().await?;
            let received = context.spawn("receive", async move {
                (
                    stream.recv_some(&mut [0; 8]).await,
                    stream.recv_some(&mut [0; 8]).await,
                )
            });
            full.send(b"x").await?;
            let stopped = context.spawn("watch", inside.stopped());
            let accepted = context.spawn("accept", async move { listener.accept().await.err() });
            context.sleep(Duration::from_millis(1)).await;
            host.crash(crash).unwrap();
            assert_eq!(stopped.await, Ok(Err(Error::Closed)));
            assert_eq!(accepted.await, Ok(Some(Error::Closed)));
            assert_eq!(received.await, Ok((Ok(1), Err(Error::Closed))));
            Ok(())
        });
    }
}

#[test]
fn a_boot_that_returns_in_an_earlier_life_does_not_stand_for_the_next() {
    run(async |context, world| {
        let (lives, slot) = (AtomicU32::new(0), Arc::new(OnceLock::<Host<()>>::new()));
        let own = slot.clone();
        let host = world.host("db", move |context: Context| {
            let first = lives.fetch_add(1, Relaxed) == 0;
            let own = own.clone();
            async move {
                context.sleep(Duration::from_millis(1)).await;
                match own.get() {
                    Some(host) if first => {
                        host.crash(Crash::Reset).unwrap();
                        host.restart().unwrap();
                    }
                    _ => pending().await,
                }
            }
        });
        let host = host.unwrap();
        slot.set(host.clone()).unwrap();
        context.sleep(Duration::from_millis(10)).await;
        assert_eq!(host.restart(), Err(WorldError::AlreadyRunning("db".into())));
        Ok(())
    });
}

#[test]
fn a_paused_host_does_nothing_and_its_peers_see_silence() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let talk = dial(&context, "server").await?;
        server.pause().unwrap();
        let mut talk = Box::pin(talk);
        let hour = Duration::from_secs(3600);
        assert_eq!(context.timeout(hour, &mut talk).await, Err(Error::Timeout));
        // Its system still takes a connection, and what is sent on it.
        let second = dial(&context, "server").await?;
        server.resume().unwrap();
        assert_eq!(talk.await, Ok(*b"hello"));
        assert_eq!(second.await, Ok(*b"hello"));
        Ok(())
    });
}

#[test]
fn a_paused_reader_lets_its_writer_fill_the_buffers() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let socket = SocketAddr::new(server.addr(), PORT);
        let (mut sink, mut stream) = context.dial(socket).await?;
        server.pause().unwrap();
        let sent = context.spawn("send", async move { sink.send(&vec![7; 1 << 20]).await });
        context.sleep(Duration::from_secs(3600)).await;
        assert!(!sent.is_finished());
        server.resume().unwrap();
        stream.recv(&mut vec![0; (1 << 20) / 5 * 5]).await?;
        assert_eq!(sent.await, Ok(Ok(())));
        Ok(())
    });
}

#[test]
fn what_is_due_while_a_host_is_paused_fires_at_its_resumption() {
    run(async |context, world| {
        const SECOND: Duration = Duration::from_secs(1);
        let host = world.host("db", async |context: Context| {
            context.sleep(SECOND).await;
            let first = context.monotonic();
            context.sleep(SECOND).await;
            (first, context.monotonic())
        });
        let host = host.unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let spawned = host.context().spawn("task", async { 7 });
        host.pause().unwrap();
        let late = host.context().spawn("task", async { 8 });
        context.sleep(60 * SECOND).await;
        assert!(!spawned.is_finished() && !late.is_finished());
        host.resume().unwrap();
        let resumed = context.monotonic();
        assert_eq!((spawned.await, late.await), (Ok(7), Ok(8)));
        assert_eq!(host.wait().await, Ok((resumed, resumed + SECOND)));
        Ok(())
    });
}

#[test]
fn a_host_crashes_while_it_is_paused() {
    run(async |context, world| {
        let host = world.host("db", async |context: Context| {
            loop {
                context.sleep(Duration::from_millis(1)).await;
            }
        });
        let host: Host<()> = host.unwrap();
        host.pause().unwrap();
        context.sleep(Duration::from_millis(10)).await;
        host.crash(Crash::Reset).unwrap();
        assert_eq!(host.wait().await, Err(Error::Exited));
        host.restart().unwrap();
        assert_eq!(host.context().spawn("task", async { 7 }).await, Ok(7));
        Ok(())
    });
}

#[test]
fn a_host_pauses_itself() {
    run(async |context, world| {
        let slot = Arc::new(OnceLock::<Host<Duration>>::new());
        let own = slot.clone();
        let host = world.host("db", move |context: Context| {
            let own = own.clone();
            async move {
                context.sleep(Duration::from_millis(1)).await;
                own.get().unwrap().pause().unwrap();
                reschedule().await;
                context.monotonic()
            }
        });
        let host = host.unwrap();
        slot.set(host.clone()).unwrap();
        context.sleep(Duration::from_secs(1)).await;
        host.resume().unwrap();
        assert_eq!(host.wait().await, Ok(context.monotonic()));
        Ok(())
    });
}

#[test]
fn hosts_are_driven_from_the_state_that_they_are_in() {
    run(async |_, world| {
        let host = world.host("db", async |_| pending::<()>().await).unwrap();
        let running = Err(WorldError::AlreadyRunning("db".into()));
        let not_running = Err(WorldError::NotRunning("db".into()));
        assert_eq!(
            (host.resume(), host.wipe()),
            (running.clone(), running.clone())
        );
        assert_eq!(host.pause(), Ok(()));
        assert_eq!(
            (host.pause(), host.restart()),
            (not_running.clone(), running.clone())
        );
        assert_eq!(host.wipe(), running);
        assert_eq!(host.crash(Crash::Silent), Ok(()));
        let driven = (host.pause(), host.resume(), host.wipe());
        assert_eq!(driven, (not_running.clone(), not_running, Ok(())));
        assert_eq!(host.restart(), Ok(()));
        assert_eq!(host.resume(), running);
        Ok(())
    });
}

#[test]
fn a_wiped_host_has_an_empty_disk() {
    run(async |_, world| {
        let host = world.host("db", async |context: Context| {
            let blob = context.open("wal", b"log").await?;
            let before = blob.len().await?;
            blob.write_at(b"x", 0).await?;
            blob.close().await?;
            Ok::<_, Error>(before)
        });
        let host = host.unwrap();
        assert_eq!(host.wait().await, Ok(Ok(0)));
        host.crash(Crash::Reset).unwrap();
        host.restart().unwrap();
        assert_eq!(host.wait().await, Ok(Ok(1)));
        host.crash(Crash::Reset).unwrap();
        host.wipe().unwrap();
        assert_eq!(host.partition("wal"), None);
        host.restart().unwrap();
        assert_eq!(host.wait().await, Ok(Ok(0)));
        Ok(())
    });
}

#[test]
#[should_panic(expected = "host db, its boot function: paused, sleeps until 1000.000000 ms")]
fn a_report_says_who_is_paused() {
    run(async |context, world| {
        let host = world.host("db", async |context: Context| {
            context.sleep(Duration::from_secs(1)).await
        });
        let host = host.unwrap();
        context.sleep(Duration::from_millis(1)).await;
        host.pause().unwrap();
        host.wait().await
    });
}

#[test]
fn a_boot_that_crashes_its_own_host_and_returns_has_exited() {
    for restarts in [false, true] {
        run(async |context, world| {
            let slot = Arc::new(OnceLock::<Host<()>>::new());
            let own = slot.clone();
            let host = world.host("db", move |context: Context| {
                let own = own.clone();
                async move {
                    context.sleep(Duration::from_millis(1)).await;
                    let host = own.get().unwrap();
                    host.crash(Crash::Reset).unwrap();
                    if restarts {
                        host.restart().unwrap();
                    }
                }
            });
            let host = host.unwrap();
            slot.set(host.clone()).unwrap();
            let first = host.wait();
            assert_eq!(first.await, Err(Error::Exited));
            context.sleep(Duration::from_millis(1)).await;
            Ok(())
        });
    }
}

#[test]
fn a_boot_function_that_holds_its_own_host_is_freed_with_the_run() {
    let alive = Arc::new(());
    run(async |_, world| {
        let slot = Arc::new(OnceLock::<Host<()>>::new());
        let (own, witness) = (slot.clone(), alive.clone());
        let host = world.host("db", move |_| {
            let _held = (&own, &witness);
            async {}
        });
        slot.set(host.unwrap()).unwrap();
        Ok(())
    });
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn a_boot_function_is_dropped_outside_the_kernel() {
    struct Spawns(Context);
    impl Drop for Spawns {
        fn drop(&mut self) {
            drop(self.0.spawn("late", async {}));
        }
    }
    run(async |context, world| {
        let boot = |spawns: Spawns| {
            move |_| {
                let _held = &spawns;
                async {}
            }
        };
        let host = world.host("db", boot(Spawns(context.clone())));
        assert!(host.is_ok());
        let again = world.host("db", boot(Spawns(context.clone())));
        assert_eq!(again.err(), Some(WorldError::HostExists("db".into())));
        let spawned = context.tasks().into_iter().map(|task| task.spawned);
        assert_eq!(spawned.sum::<u64>(), 1, "{:?}", context.tasks());
        Ok(())
    });
}
