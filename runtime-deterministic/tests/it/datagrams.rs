//! Datagrams: who is reached, what is lost, and what the audit sees of it.

use runtime_deterministic::{
    Context, Crash, Datagram, Executor, Host, Simulation, State, simulate,
};
use runtime_traits::{Clock, Datagram as _, Datagrams, Error, Listener, Network, Runner, Spawner};
use std::{
    collections::BTreeSet,
    env,
    future::{pending, poll_fn},
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
    task::Poll,
    time::Duration,
};

const PORT: u16 = 53;
/// Empty datagrams that a mailbox holds: 212,992 bytes of 832 each.
const HELD: usize = 256;
const ONE_WAY: Duration = Duration::from_millis(1);

fn any(port: u16) -> SocketAddr {
    (Ipv4Addr::UNSPECIFIED, port).into()
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn run<F: Future<Output = Result<(), Error>>>(test: impl FnOnce(Context) -> F) {
    let (runner, context, _) = Executor::seeded(3);
    runner.start(async { test(context).await.unwrap() });
}

/// A host that does nothing by itself.
fn idle(context: &Context) -> Host<()> {
    let idle = async |_| pending::<()>().await;
    context.world().host("peer", idle).unwrap()
}

/// Two hosts with a socket each: the root's, then the other's.
async fn two(context: &Context) -> Result<(Datagram, Datagram, Host<()>), Error> {
    let host = idle(context);
    let one = context.bind_datagram((context.addr(), PORT).into()).await?;
    let two = host.context();
    let two = two.bind_datagram((host.addr(), PORT).into()).await?;
    Ok((one, two, host))
}

/// What can be received at once.
async fn received(socket: &Datagram) -> Vec<Vec<u8>> {
    let mut received = Vec::new();
    let mut buf = [0; 2048];
    poll_fn(|cx| {
        while let Poll::Ready(datagram) = socket.poll_recv_from(cx, &mut buf) {
            received.push(buf[..datagram.unwrap().0].to_vec());
        }
        Poll::Ready(())
    })
    .await;
    received
}

#[test]
fn datagrams_go_both_ways_and_keep_their_borders() {
    run(async |context| {
        let (one, two, _host) = two(&context).await?;
        one.send_to(b"first", two.local_addr()).await?;
        let mut buf = [0; 8];
        assert_eq!(two.recv_from(&mut buf).await, Ok((5, one.local_addr())));
        assert_eq!(&buf[..5], b"first");
        two.send_to(b"", one.local_addr()).await?;
        assert_eq!(one.recv_from(&mut buf).await, Ok((0, two.local_addr())));
        two.send_to(b"long", one.local_addr()).await?;
        assert_eq!(
            one.recv_from(&mut buf[..3]).await,
            Ok((3, two.local_addr()))
        );
        assert_eq!(&buf[..3], b"lon");
        assert_eq!(received(&one).await, [[0; 0]; 0]);
        Ok(())
    });
}

#[test]
fn a_receiver_sees_the_address_that_the_sender_used() {
    run(async |context| {
        let host = idle(&context);
        let far = host.context().bind_datagram(any(PORT)).await?;
        let near = context.bind_datagram(any(PORT)).await?;
        let sender = context.bind_datagram(any(9)).await?;
        assert_eq!(sender.local_addr(), any(9));
        let mut seen = Vec::new();
        for (socket, ip) in [
            (&far, host.addr()),
            (&near, context.addr()),
            (&near, IpAddr::from(Ipv4Addr::LOCALHOST)),
        ] {
            sender.send_to(b"x", (ip, PORT).into()).await?;
            seen.push(socket.recv_from(&mut [0; 8]).await?.1);
        }
        let own = SocketAddr::new(context.addr(), 9);
        assert_eq!(seen, [own, own, loopback(9)]);
        Ok(())
    });
}

#[test]
fn a_port_of_datagrams_is_not_one_of_connections() {
    run(async |context| {
        let socket = SocketAddr::new(context.addr(), PORT);
        let listener = context.bind(socket).await?;
        let datagram = context.bind_datagram(socket).await?;
        assert_eq!(datagram.local_addr(), listener.local_addr());
        drop(datagram);
        let taken = Error::BindFailed(socket, ErrorKind::AddrInUse.into());
        assert_eq!(context.bind(socket).await.err(), Some(taken));
        context.bind_datagram(socket).await.map(drop)
    });
}

#[test]
fn an_address_is_bound_once_and_free_after_the_drop() {
    run(async |context| {
        let first = context.bind_datagram(loopback(0)).await?;
        let socket = first.local_addr();
        assert_eq!(socket.ip(), Ipv4Addr::LOCALHOST);
        assert_ne!(socket.port(), 0);
        let second = context.bind_datagram(loopback(0)).await?;
        assert_ne!(second.local_addr(), socket);
        for taken in [socket, any(socket.port())] {
            let expected = Error::BindFailed(taken, ErrorKind::AddrInUse.into());
            assert_eq!(context.bind_datagram(taken).await.err(), Some(expected));
        }
        drop(first);
        let again = context.bind_datagram(socket).await?;
        assert_eq!(again.local_addr(), socket);
        let other = SocketAddr::new(idle(&context).addr(), PORT);
        let expected = Error::BindFailed(other, ErrorKind::AddrNotAvailable.into());
        assert_eq!(context.bind_datagram(other).await.err(), Some(expected));
        Ok(())
    });
}

#[test]
fn within_a_host_datagrams_arrive_at_once_and_in_order() {
    run(async |context| {
        let receiver = context.bind_datagram(any(PORT)).await?;
        let sender = context.bind_datagram(any(0)).await?;
        let before = context.monotonic();
        for number in 0..50 {
            sender.send_to(&[number], loopback(PORT)).await?;
        }
        let expected: Vec<_> = (0..50).map(|number| vec![number]).collect();
        assert_eq!(received(&receiver).await, expected);
        assert_eq!(context.monotonic(), before);
        Ok(())
    });
}

#[test]
fn between_hosts_datagrams_overtake_each_other() {
    let order = |seed| {
        let (runner, context, auditor) = Executor::seeded(seed);
        let order = runner.start(async {
            let (one, two, _host) = two(&context).await.unwrap();
            for number in 0..8 {
                one.send_to(&[number], two.local_addr()).await.unwrap();
            }
            assert_eq!(received(&two).await, [[0; 0]; 0], "nothing arrives at once");
            context.sleep(ONE_WAY).await;
            received(&two).await.concat()
        });
        (order, auditor.state())
    };
    assert_eq!(order(1), order(1));
    let orders: BTreeSet<_> = (0..20).map(|seed| order(seed).0).collect();
    assert!(orders.len() > 15, "{} orders of 20 seeds", orders.len());
    for order in orders {
        let all: BTreeSet<_> = order.iter().copied().collect();
        assert_eq!(all, (0..8).collect(), "{order:?}");
        assert_eq!(order.len(), 8);
    }
}

#[test]
fn what_reaches_nobody_is_lost_without_a_word() {
    run(async |context| {
        let (one, two, host) = two(&context).await?;
        let nobody = Ipv4Addr::new(10, 9, 9, 9);
        for to in [
            SocketAddr::new(host.addr(), PORT + 1),
            SocketAddr::from((nobody, PORT)),
            loopback(PORT + 1),
        ] {
            assert_eq!(one.send_to(b"lost", to).await, Ok(()));
        }
        one.send_to(b"kept", two.local_addr()).await?;
        context.sleep(ONE_WAY).await;
        assert_eq!(received(&two).await, [b"kept"]);
        assert_eq!(received(&one).await, [[0; 0]; 0]);
        Ok(())
    });
}

#[test]
fn a_full_mailbox_loses_what_does_not_fit() {
    run(async |context| {
        let receiver = context.bind_datagram(any(PORT)).await?;
        let sender = context.bind_datagram(any(0)).await?;
        for _ in 0..HELD + 10 {
            sender.send_to(b"", loopback(PORT)).await?;
        }
        assert_eq!(received(&receiver).await.len(), HELD);
        sender.send_to(b"room again", loopback(PORT)).await?;
        assert_eq!(received(&receiver).await, [b"room again"]);
        Ok(())
    });
}

#[test]
fn what_no_system_sends_is_refused() {
    run(async |context| {
        let (one, two, _host) = two(&context).await?;
        let largest = vec![7; 65_507];
        one.send_to(&largest, two.local_addr()).await?;
        let mut buf = vec![0; 65_508];
        assert_eq!(
            two.recv_from(&mut buf).await,
            Ok((65_507, one.local_addr()))
        );
        assert_eq!(buf[..65_507], largest);
        let near = context.bind_datagram(loopback(0)).await?;
        let refused = Err(Error::SendFailed(ErrorKind::InvalidInput.into()));
        assert_eq!(one.send_to(&buf, two.local_addr()).await, refused);
        assert_eq!(one.send_to(b"x", loopback(0)).await, refused);
        assert_eq!(near.send_to(b"x", two.local_addr()).await, refused);
        context.sleep(ONE_WAY).await;
        assert_eq!(received(&two).await, [[0; 0]; 0]);
        Ok(())
    });
}

#[test]
fn a_crash_takes_sockets_and_mailboxes_and_frees_their_ports() {
    for crash in [Crash::Reset, Crash::Silent] {
        run(async |context| {
            let (one, two, host) = two(&context).await?;
            one.send_to(b"waits", two.local_addr()).await?;
            context.sleep(ONE_WAY).await;
            let other = host.context().bind_datagram(any(0)).await?;
            let inside = context.spawn("receiver", async move {
                other.recv_from(&mut [0; 8]).await.map(drop)
            });
            context.sleep(ONE_WAY).await;
            let old = host.context();
            host.crash(crash).unwrap();
            assert_eq!(inside.await, Ok(Err(Error::Closed)));
            let mut buf = [0; 8];
            assert_eq!(two.recv_from(&mut buf).await, Err(Error::Closed));
            assert_eq!(
                two.send_to(b"x", one.local_addr()).await,
                Err(Error::Closed)
            );
            assert_eq!(old.bind_datagram(any(0)).await.err(), Some(Error::Closed));
            one.send_to(b"to nobody", two.local_addr()).await?;
            context.sleep(ONE_WAY).await;
            host.restart().unwrap();
            let next = host.context().bind_datagram(two.local_addr()).await?;
            drop(two);
            assert_eq!(received(&next).await, [[0; 0]; 0]);
            one.send_to(b"new", next.local_addr()).await?;
            assert_eq!(next.recv_from(&mut buf).await, Ok((3, one.local_addr())));
            Ok(())
        });
    }
}

#[test]
fn what_is_on_its_way_outlives_its_sender_and_finds_the_next_to_listen() {
    run(async |context| {
        let (one, two, host) = two(&context).await?;
        one.send_to(b"to come", two.local_addr()).await?;
        two.send_to(b"to go", one.local_addr()).await?;
        host.crash(Crash::Reset).unwrap();
        host.restart().unwrap();
        let next = host.context().bind_datagram(two.local_addr()).await?;
        context.sleep(ONE_WAY).await;
        assert_eq!(received(&next).await, [b"to come"]);
        assert_eq!(received(&one).await, [b"to go"]);
        Ok(())
    });
}

#[test]
fn a_receiver_wakes_and_one_that_was_dropped_loses_nothing() {
    run(async |context| {
        let (one, two, _host) = two(&context).await?;
        let mut buf = [0; 8];
        let limit = Duration::from_secs(1);
        let early = context.timeout(limit, two.recv_from(&mut buf)).await;
        assert_eq!(early, Err(Error::Timeout));
        let from = one.local_addr();
        one.send_to(b"x", two.local_addr()).await?;
        let receiver = context.spawn("receiver", async move { two.recv_from(&mut [0; 8]).await });
        assert_eq!(receiver.await, Ok(Ok((1, from))));
        Ok(())
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "after the run")]
fn the_end_of_a_run_closes_sockets() {
    let (runner, context, _) = Executor::default();
    let socket = runner.start(async { context.bind_datagram(any(PORT)).await.unwrap() });
    let after = async {
        assert_eq!(
            socket.send_to(b"x", loopback(PORT)).await,
            Err(Error::Closed)
        );
        assert_eq!(socket.recv_from(&mut [0; 8]).await, Err(Error::Closed));
        let bound = context.bind_datagram(any(0)).await;
        assert_eq!(bound.err(), Some(Error::Closed));
        assert_eq!(socket.local_addr(), any(PORT));
    };
    futures::executor::block_on(after);
}

#[test]
fn a_deadlock_names_the_socket_that_receives_nothing() {
    let (runner, context, _) = Executor::default();
    let blocked = AssertUnwindSafe(|| {
        runner.start(async {
            let socket = context.bind_datagram(any(PORT)).await.unwrap();
            socket.recv_from(&mut [0; 8]).await.unwrap();
        });
    });
    let payload = catch_unwind(blocked).expect_err("the run was to panic");
    let text = payload.downcast_ref::<String>().unwrap();
    let expected = "the root: receives datagrams at 0.0.0.0:53";
    assert!(text.contains(expected), "{text}");
}

/// Run in a process of its own by the next test.
#[test]
#[ignore = "fails on purpose"]
fn fails_after_datagrams() {
    simulate(Simulation::default(), async |context: Context| {
        let receiver = context.bind_datagram(any(PORT)).await?;
        let sender = context.bind_datagram(any(9)).await?;
        for _ in 0..4 {
            sender.send_to(&[7; 65_507], loopback(PORT)).await?;
        }
        receiver.recv_from(&mut [0; 8]).await?;
        sender.send_to(b"hello", loopback(1)).await?;
        drop(receiver);
        let other = idle(&context).addr();
        context.bind_datagram((other, 1).into()).await.map(drop)
    });
}

#[test]
fn the_last_events_say_what_became_of_datagrams() {
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["datagrams::fails_after_datagrams", "--exact", "--ignored"]);
    test.arg("--nocapture");
    let output = test.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    for event in [
        "root: binds 0.0.0.0:53 for datagrams",
        "root: sends a datagram of 65507 bytes to 127.0.0.1:53",
        "root: a datagram of 127.0.0.1:9 arrives at datagram socket 0",
        "root: a datagram to 127.0.0.1:53 is lost: too many wait there",
        "root: receives 8 bytes of a datagram of 127.0.0.1:9",
        "root: a datagram to 127.0.0.1:1 is lost: nobody receives there",
        "root: datagram socket 0 is gone",
        "root: cannot bind 10.0.0.2:1 for datagrams",
    ] {
        assert!(text.contains(event), "{event:?} is not in\n{text}");
    }
    assert_eq!(text.matches("arrives at datagram socket").count(), 3);
}

/// What differs between two runs of one seed.
#[derive(Clone, Copy)]
struct Difference {
    lost: u8,
    to: u16,
    room: usize,
    from: u16,
    bound: u16,
    kept: bool,
    by_another: bool,
}

const PLAIN: Difference = Difference {
    lost: 0,
    to: 1,
    room: 8,
    from: 7,
    bound: 1000,
    kept: false,
    by_another: false,
};

fn state(difference: Difference) -> State {
    let (runner, context, auditor) = Executor::seeded(5);
    runner.start(async {
        let receiver = context.bind_datagram(any(PORT)).await.unwrap();
        let sender = context.bind_datagram(any(difference.from)).await.unwrap();
        let mut lost = [0; 100];
        lost[50] = difference.lost;
        sender
            .send_to(&lost, loopback(difference.to))
            .await
            .unwrap();
        sender.send_to(b"message", loopback(PORT)).await.unwrap();
        let mut buf = vec![0; difference.room];
        receiver.recv_from(&mut buf).await.unwrap();
        let bound = context.bind_datagram(any(difference.bound)).await;
        match difference.kept {
            true => std::mem::forget(bound),
            false => drop(bound),
        }
        // One binds the address, the other cannot.
        let host = idle(&context);
        let binds = match difference.by_another {
            true => context.clone(),
            false => host.context(),
        };
        std::mem::forget(binds.bind_datagram((host.addr(), PORT).into()).await);
    });
    auditor.state()
}

#[test]
fn each_difference_of_datagrams_shows() {
    let one = state(PLAIN);
    assert_eq!(one, state(PLAIN));
    let others = [
        state(Difference { lost: 1, ..PLAIN }),
        state(Difference { to: 2, ..PLAIN }),
        state(Difference { room: 5, ..PLAIN }),
        state(Difference { from: 8, ..PLAIN }),
        state(Difference {
            bound: 1001,
            ..PLAIN
        }),
        state(Difference {
            bound: PORT,
            ..PLAIN
        }),
        state(Difference {
            by_another: true,
            ..PLAIN
        }),
        state(Difference {
            kept: true,
            ..PLAIN
        }),
    ];
    for (place, other) in others.iter().enumerate() {
        assert_ne!(one, *other, "difference {place} does not show");
    }
}
