//! Binding, dialling, accepting and resolving.

use crate::{
    log,
    network::{any_port, read_all, reset},
    one_thread, run, run_with,
};
use futures::poll;
use runtime_traits::{
    Clock, Error, Keepalive, Listener, Network, Resolver, Sink, SocketConfig, Spawner, Stream,
};
use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr},
    task::Poll,
    time::Duration,
};

#[test]
fn port_zero_is_ephemeral_and_taken_until_the_listener_is_dropped() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let address = listener.local_addr();
        assert_ne!(address.port(), 0);
        let taken = Error::BindFailed(address, ErrorKind::AddrInUse.into());
        assert_eq!(context.bind(address).await.err(), Some(taken));

        // Connections of the first listener linger; the address is free nevertheless.
        let (mut sink, stream) = context.dial(address).await.unwrap();
        let (_, mut theirs, _rest) = listener.accept().await.unwrap();
        theirs.close().await.unwrap();
        sink.close().await.unwrap();
        drop((listener, theirs, stream));
        assert_eq!(context.bind(address).await.unwrap().local_addr(), address);
    });
}

#[test]
fn dialling_nothing_fails_every_time() {
    run(async |context| {
        let address = context.bind(any_port()).await.unwrap().local_addr();
        for _ in 0..50 {
            let refused = Error::ConnectionFailed(address, ErrorKind::ConnectionRefused.into());
            assert_eq!(context.dial(address).await.err(), Some(refused));
        }
    });
}

/// The system gives a dialling socket every second port, in random order; sooner or later the very
/// one that is dialled, which then answers itself.
#[cfg(target_os = "linux")]
#[test]
fn a_dial_never_reaches_itself() {
    run(async |context| {
        let mut address = context.bind(any_port()).await.unwrap().local_addr();
        // Listeners are given the other ones.
        address.set_port(address.port() ^ 1);
        let refused = Error::ConnectionFailed(address, ErrorKind::ConnectionRefused.into());
        for _ in 0..30_000 {
            assert_eq!(context.dial(address).await.err(), Some(refused.clone()));
        }
    });
}

#[test]
fn any_number_of_dials_in_one_run() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        for number in 0..200_u32 {
            let (mut sink, stream) = context.dial(listener.local_addr()).await.unwrap();
            let (peer, _sink, mut received) = listener.accept().await.unwrap();
            assert_eq!(stream.local_addr(), Some(peer));
            assert_eq!(
                (stream.peer_addr(), received.peer_addr()),
                (Some(listener.local_addr()), Some(peer))
            );
            sink.send(&number.to_be_bytes()).await.unwrap();
            let mut bytes = [0; 4];
            received.recv(&mut bytes).await.unwrap();
            assert_eq!(u32::from_be_bytes(bytes), number);
        }
    });
}

#[test]
fn a_dropped_accept_loses_no_connection() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        for _ in 0..20 {
            assert!(matches!(poll!(listener.accept()), Poll::Pending));
            let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
            let _ = poll!(std::pin::pin!(context.sleep(Duration::from_millis(1))));
            sink.send(b"x").await.unwrap();
            let (_, _sink, mut stream) = listener.accept().await.unwrap();
            stream.recv(&mut [0]).await.unwrap();
        }
    });
}

#[test]
fn a_peer_that_is_gone_before_it_is_accepted_harms_nobody() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        for _ in 0..20 {
            let (mut gone, _stream) = context.dial(listener.local_addr()).await.unwrap();
            gone.poison();
        }
        let (_sink, stays) = context.dial(listener.local_addr()).await.unwrap();
        while Some(listener.accept().await.unwrap().0) != stays.local_addr() {}
    });
}

/// In a process of its own: the limit is the process's.
#[cfg(target_os = "linux")]
#[test]
fn a_listener_survives_a_lack_of_descriptors() {
    let test = std::env::current_exe().unwrap();
    let child = std::process::Command::new(test)
        .args([
            "dialling::accept_without_descriptors",
            "--exact",
            "--ignored",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by a_listener_survives_a_lack_of_descriptors"]
fn accept_without_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    log::keep();
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let maximum = getrlimit(Resource::Nofile).maximum;
        let current = Some(100);
        setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
        let mut hoard = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            hoard.push(file);
        }
        hoard.pop();
        let _dialled = context.dial(listener.local_addr()).await.unwrap();
        let accepting = context.spawn(
            "accepting",
            async move { listener.accept().await.map(drop) },
        );
        while log::with("cannot accept for now").is_empty() {
            context.sleep(Duration::from_millis(1)).await;
        }
        drop(hoard);
        assert_eq!(accepting.await, Ok(Ok(())));
    });
}

// Elsewhere the loopback interface has one address.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_is_configured_as_asked() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let mut config = SocketConfig::default();
        let local = IpAddr::from([127, 0, 0, 2]);
        config.local = Some(local);
        config.keepalive = Some(Keepalive::after(Duration::from_secs(30)));
        config.send_buffer = Some(1 << 16);
        config.recv_buffer = Some(1 << 16);
        config.linger = Some(Duration::ZERO);
        let (sink, stream) = context
            .dial_with(listener.local_addr(), &config)
            .await
            .unwrap();
        let (peer, _sink, mut received) = listener.accept().await.unwrap();
        assert_eq!(peer.ip(), local);
        // A linger of zero resets.
        drop((sink, stream));
        let end = read_all(&mut received).await;
        assert!(end == Err(reset()) || end == Ok(Vec::new()), "{end:?}");

        config.local = Some("::1".parse().unwrap());
        let failed = context.dial_with(listener.local_addr(), &config).await;
        assert!(
            matches!(failed, Err(Error::ConnectionFailed(to, _)) if to == listener.local_addr())
        );
    });
}

// Others let a probe wait for as long as is asked.
#[cfg(target_os = "linux")]
#[test]
fn options_are_set_before_a_peer_hears_of_the_connection() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let address = listener.local_addr();
        let mut config = SocketConfig::default();
        // Longer than the system lets a probe wait: the option is refused.
        config.keepalive = Some(Keepalive::after(Duration::from_secs(1 << 30)));
        let refused = context.dial_with(address, &config).await;
        let cause = ErrorKind::InvalidInput.into();
        assert_eq!(refused.err(), Some(Error::ConnectionFailed(address, cause)));
        let (_sink, stream) = context.dial(address).await.unwrap();
        let (first, ..) = listener.accept().await.unwrap();
        assert_eq!(Some(first), stream.local_addr());
    });
}

/// A listener that nobody accepts from, with its queue full: a dial is not answered.
#[cfg(target_os = "linux")]
pub(crate) fn silent() -> (SocketAddr, impl Sized) {
    let listener =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.bind(&any_port().into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let limit = Duration::from_millis(100);
    let dial = || std::net::TcpStream::connect_timeout(&address, limit).ok();
    let queued: Vec<_> = std::iter::from_fn(dial).take(100).collect();
    assert!(queued.len() < 100);
    (address, (listener, queued))
}

#[cfg(target_os = "linux")]
#[test]
fn a_connection_has_a_time_limit_when_asked() {
    let (address, _silent) = silent();
    run_with(one_thread(), async |context| {
        let mut config = SocketConfig::default();
        config.connect_limit = Some(Duration::from_millis(20));
        let failed = context.dial_with(address, &config).await;
        assert_eq!(failed.err(), Some(Error::Timeout));
    });
}

#[test]
fn names_are_resolved() {
    run(async |context| {
        assert_eq!(
            context.resolve("::1").await,
            Ok(vec!["::1".parse().unwrap()])
        );
        let local = context.resolve("localhost").await.unwrap();
        assert!(
            local.iter().all(IpAddr::is_loopback) && !local.is_empty(),
            "{local:?}"
        );
        let unknown = context.resolve("no such host").await;
        assert!(
            matches!(&unknown, Err(Error::ResolveFailed(host, _)) if host == "no such host"),
            "{unknown:?}"
        );
    });
}
