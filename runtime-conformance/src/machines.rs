//! Machines side by side: what is each one's own, and what the others see of its end. A suite has this
//! topic when it is given `machine`.

use crate::{
    connection::{self, connect, read_to_end},
    machine::{Machine, opened},
    outside::poll_once,
};
use runtime_traits::{
    Blob, Clock, Error, Listener, Network, Runner, Sink, Spawner, Storage, Stream,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    task::Poll,
    time::Duration,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A connection from one machine to another, and the listener.
async fn between<M: Machine>(
    dialler: &M,
    acceptor: &M,
) -> (Halves<M>, Halves<M>, <M::Context as Network>::Listener) {
    let socket = SocketAddr::new(acceptor.addr(), 0);
    let mut listener = acceptor.context().bind(socket).await.expect("a free port");
    let (near, far) = connect(&dialler.context(), &mut listener).await;
    (near, far, listener)
}

type Halves<M> = connection::Halves<<M as Machine>::Context>;

/// A power failure frees the ports: the next life binds them again, and is reached there.
pub fn the_next_life_binds_the_ports_again<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (client, server) = (machines("client"), machines("server"));
        let (_near, _far, listener) = between(&client, &server).await;
        let socket = listener.local_addr();
        server.crash();
        let bound = server.context().bind(socket).await;
        let mut listener = bound.expect("the past life holds no port");
        connect(&client.context(), &mut listener).await;
    });
}

/// The peer of a machine whose power failed sees its connection break, sooner or later, and never a
/// clean end.
pub fn a_crash_is_no_clean_end<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (client, server) = (machines("client"), machines("server"));
        let ((mut sink, mut stream), _far, _listener) = between(&client, &server).await;
        server.crash();
        // A machine that is silent is noticed by who sends.
        let mut sent = Ok(());
        for _ in 0..10_000 {
            sent = sink.send(b"?").await;
            if sent.is_err() {
                break;
            }
            client.context().sleep(Duration::from_secs(1)).await;
        }
        assert!(matches!(sent, Err(Error::SendFailed(_))), "{sent:?}");
        let (_, end) = read_to_end(&mut stream).await;
        assert!(matches!(end, Err(Error::RecvFailed(_))), "{end:?}");
    });
}

/// A message from one machine to another takes time.
pub fn a_message_between_machines_takes_time<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (client, server) = (machines("client"), machines("server"));
        let ((mut sink, _stream), (_sink, mut reading), _listener) =
            between(&client, &server).await;
        let clock = server.context();
        let before = clock.monotonic();
        let mut early = [0; 4];
        sink.send(b"ping").await.expect("the peer is there");
        reading.recv(&mut early).await.expect("it was sent");
        assert!(clock.monotonic() > before, "it took none");
    });
}

/// Machines have addresses of their own, at which they are seen and dialled by the others.
pub fn machines_have_addresses_of_their_own<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (client, server) = (machines("client"), machines("server"));
        assert_ne!(client.addr(), server.addr());
        let ((_, near), (_, far), _listener) = between(&client, &server).await;
        let ip = |socket: Option<SocketAddr>| socket.map(|socket| socket.ip());
        assert_eq!(ip(near.peer_addr()), Some(server.addr()));
        assert_eq!(ip(far.peer_addr()), Some(client.addr()));
        let elsewhere = SocketAddr::new(server.addr(), 0);
        let refused = client.context().bind(elsewhere).await.err();
        assert!(
            matches!(refused, Some(Error::BindFailed(named, _)) if named == elsewhere),
            "{refused:?}"
        );
    });
}

/// Machines have ports of their own, and a loopback that nobody else reaches.
pub fn machines_have_ports_of_their_own<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (one, other) = (machines("one"), machines("other"));
        let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, 7_000));
        let mut listeners = Vec::new();
        for machine in [&one, &other] {
            let bound = machine.context().bind(socket).await;
            listeners.push(bound.expect("it is free on this machine"));
        }
        for (machine, listener) in [&one, &other].into_iter().zip(&mut listeners) {
            connect(&machine.context(), listener).await;
        }
        listeners.pop();
        let refused = other.context().dial(socket).await.err();
        assert!(
            matches!(refused, Some(Error::ConnectionFailed(named, _)) if named == socket),
            "{refused:?}"
        );
    });
}

/// Machines have disks of their own: of what one writes the other sees nothing.
pub fn machines_have_disks_of_their_own<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (one, other) = (machines("one"), machines("other"));
        let blob = opened(&one).await;
        blob.write_at(b"mine", 0).await.expect("there is room");
        let missing = Error::PartitionMissing("wal".into());
        assert_eq!(other.context().scan("wal").await, Err(missing));
        let theirs = opened(&other).await;
        assert_eq!(theirs.len().await, Ok(0));
        theirs.write_at(b"ours", 0).await.expect("there is room");
        let mut content = [0; 4];
        blob.read_at(&mut content, 0).await.expect("it was written");
        assert_eq!(&content, b"mine");
    });
}

/// Machines have wall clocks of their own: a jump of one is none of the other.
pub fn machines_have_clocks_of_their_own<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (one, other) = (machines("one"), machines("other"));
        let wall = other.context().current();
        one.jump(2 * HOUR);
        let now = other.context().current();
        assert!(now < wall + HOUR, "from {wall:?} to {now:?}");
    });
}

/// `stop` is told to the tasks of its own machine, in its own life.
pub fn stop_is_told_to_its_own_machine_alone<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (one, other) = (machines("one"), machines("other"));
        one.context().stop(1);
        assert_eq!(one.context().stopped().await, Ok(1));
        let mut signal = pin!(other.context().stopped());
        assert_eq!(poll_once(&mut signal), Poll::Pending);
        one.crash();
        let mut signal = pin!(one.context().stopped());
        assert_eq!(poll_once(&mut signal), Poll::Pending, "in the next life");
    });
}
