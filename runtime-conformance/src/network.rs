//! Addresses, listening and dialling. The bytes of a connection are in
//! [`connections`](crate::connections).

use crate::{
    connection::{anywhere, connect, pair},
    outside::block_on,
};
use runtime_traits::{
    Clock, Error, Listener, Network, Runner, Sink, SocketConfig, Spawner, Stream,
};
use std::{
    future::poll_fn,
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    task::Poll,
    time::Duration,
};

/// Port 0 is a free port, another one each time, and [`local_addr`](Listener::local_addr) tells it.
pub fn port_zero_is_an_ephemeral_port<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let one = context.bind(anywhere()).await.expect("a free port");
        let other = context.bind(anywhere()).await.expect("another free port");
        let (one, other) = (one.local_addr(), other.local_addr());
        assert_eq!((one.ip(), other.ip()), (anywhere().ip(), anywhere().ip()));
        assert!(one.port() != 0 && other.port() != 0, "{one} {other}");
        assert_ne!(one, other);
    });
}

/// The address that [`local_addr`](Listener::local_addr) tells is the one that is dialled.
pub fn a_listener_is_dialled_at_its_local_addr<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let ((mut sink, _), (_, mut stream)) = connect(&context, &mut listener).await;
        sink.send(b"hello").await.expect("it is connected");
        let mut received = [0; 5];
        stream.recv(&mut received).await.expect("it was sent");
        assert_eq!(&received, b"hello");
    });
}

/// Binding an address that is taken is [`Error::BindFailed`] with this address.
pub fn a_taken_address_is_bind_failed<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let taken = context.bind(anywhere()).await.expect("a free port");
        let socket = taken.local_addr();
        match context.bind(socket).await {
            Err(Error::BindFailed(named, _)) => assert_eq!(named, socket),
            other => panic!("expected BindFailed, got {:?}", other.err()),
        }
    });
}

/// Once a listener is dropped its address binds again, also after it had a connection.
pub fn an_address_is_free_once_its_listener_is_dropped<R: Runner, C: Network>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let socket = listener.local_addr();
        for _ in 0..3 {
            drop(connect(&context, &mut listener).await);
            drop(listener);
            listener = context.bind(socket).await.expect("nobody listens there");
            assert_eq!(listener.local_addr(), socket);
        }
    });
}

/// Dialling an address where nobody listens is [`Error::ConnectionFailed`] with this address.
pub fn dialling_nobody_is_connection_failed<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let listener = context.bind(anywhere()).await.expect("a free port");
        let socket = listener.local_addr();
        drop(listener);
        match context.dial(socket).await {
            Err(Error::ConnectionFailed(named, _)) => assert_eq!(named, socket),
            other => panic!("expected ConnectionFailed, got {:?}", other.err()),
        }
    });
}

/// A connection that still waits to be accepted breaks when its listener is dropped.
pub fn a_connection_that_nobody_accepted_breaks_with_its_listener<R: Runner, C: Network>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let listener = context.bind(anywhere()).await.expect("a free port");
        let dialled = context.dial(listener.local_addr()).await;
        let (_sink, mut stream) = dialled.expect("the listener is there");
        drop(listener);
        let reset = Error::RecvFailed(ErrorKind::ConnectionReset.into());
        assert_eq!(stream.recv(&mut [0]).await, Err(reset));
    });
}

/// There is no number of dials after which a run has had enough, be they answered or not: more are
/// made than there are ephemeral ports.
pub fn any_number_of_dials_may_be_made<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let unused = context.bind(anywhere()).await.expect("a free port");
        let nobody = unused.local_addr();
        drop(unused);
        for _ in 0..33_000 {
            let refused = context.dial(nobody).await;
            assert!(
                matches!(refused, Err(Error::ConnectionFailed(..))),
                "{:?}",
                refused.err()
            );
        }
        for _ in 0..1_000 {
            let ((mut sink, _), _) = connect(&context, &mut listener).await;
            sink.poison();
        }
    });
}

/// Both ends name both addresses: the acceptor's peer is the dialler's own address.
pub fn both_ends_know_both_addresses<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let dialled = context.dial(listener.local_addr()).await;
        let (_sink, near) = dialled.expect("the listener is there");
        let (peer, _sink, far) = listener.accept().await.expect("the dialled connection");
        assert_eq!(near.peer_addr(), Some(listener.local_addr()));
        assert_eq!(near.local_addr(), Some(peer));
        assert_eq!(far.peer_addr(), Some(peer));
        assert_eq!(far.local_addr(), Some(listener.local_addr()));
        assert!(peer.port() != 0, "{peer}");
    });
}

/// [`dial_with`](Network::dial_with) connects from [`SocketConfig::local`]; from an address that is
/// not this host's it is [`Error::ConnectionFailed`].
pub fn dial_with_heeds_its_configuration<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let socket = listener.local_addr();
        let mut config = SocketConfig::default();
        config.nodelay = false;
        config.local = Some(Ipv4Addr::LOCALHOST.into());
        let dialled = context.dial_with(socket, &config).await;
        let (_sink, near) = dialled.expect("its own address");
        let (peer, ..) = listener.accept().await.expect("the dialled connection");
        assert_eq!(near.local_addr(), Some(peer));
        assert_eq!(peer.ip(), Ipv4Addr::LOCALHOST);
        // Of TEST-NET-1, which is nobody's.
        config.local = Some(Ipv4Addr::new(192, 0, 2, 1).into());
        let refused = context.dial_with(socket, &config).await;
        assert!(
            matches!(refused, Err(Error::ConnectionFailed(named, _)) if named == socket),
            "{:?}",
            refused.err()
        );
    });
}

/// A dial that is answered within [`SocketConfig::connect_limit`] is not disturbed by it later.
pub fn a_connect_limit_ends_with_the_dial<R: Runner, C: Network + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let mut config = SocketConfig::default();
        config.connect_limit = Some(Duration::from_secs(1));
        let dialled = context.dial_with(listener.local_addr(), &config).await;
        let (_sink, mut near) = dialled.expect("the listener is there");
        let (_, mut far, _stream) = listener.accept().await.expect("the dialled connection");
        context.sleep(Duration::from_millis(1_100)).await;
        far.send(b"late").await.expect("it is still connected");
        let mut received = [0; 4];
        assert_eq!(near.recv(&mut received).await, Ok(()));
    });
}

/// An `accept` that is dropped loses no connection.
pub fn accept_is_cancel_safe<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let early = poll_fn(|cx| Poll::Ready(listener.poll_accept(cx).is_pending())).await;
        assert!(early, "nobody has dialled");
        let dialled = context.dial(listener.local_addr()).await;
        let (_sink, near) = dialled.expect("the listener is there");
        let (peer, ..) = listener.accept().await.expect("the dialled connection");
        assert_eq!(near.local_addr(), Some(peer));
    });
}

/// An `accept` that waits is woken by a dial.
pub fn a_waiting_accept_is_woken<R: Runner, C: Network + Spawner + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let socket = listener.local_addr();
        let server = context.spawn("server", async move {
            let (peer, ..) = listener.accept().await.expect("a connection");
            peer
        });
        context.sleep(Duration::from_millis(5)).await;
        let (_sink, near) = context.dial(socket).await.expect("the listener is there");
        assert_eq!(server.await.ok(), near.local_addr());
    });
}

/// What one peer does to its connection before it is accepted is no error of the listener.
pub fn a_peers_reset_does_not_fail_accept<R: Runner, C: Network + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let mut listener = context.bind(anywhere()).await.expect("a free port");
        let socket = listener.local_addr();
        let (mut rude, stream) = context.dial(socket).await.expect("the listener is there");
        rude.poison();
        drop((rude, stream));
        context.sleep(Duration::from_millis(5)).await;
        let (_sink, near) = context.dial(socket).await.expect("the listener is there");
        loop {
            let (peer, ..) = listener.accept().await.expect("never for what a peer did");
            if near.local_addr() == Some(peer) {
                break;
            }
        }
    });
}

/// After the end binding and dialling are [`Error::Closed`], as is what was bound before.
pub fn after_the_end_the_network_is_closed<R: Runner, C: Network>((runner, context): (R, C)) {
    let (mut listener, ends) = runner.start(async {
        let listener = context.bind(anywhere()).await.expect("a free port");
        (listener, pair(&context).await)
    });
    let ((mut sink, mut stream), _far) = ends;
    let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    assert_eq!(
        block_on(context.bind(anywhere())).err(),
        Some(Error::Closed)
    );
    assert_eq!(block_on(context.dial(socket)).err(), Some(Error::Closed));
    assert_eq!(block_on(listener.accept()).err(), Some(Error::Closed));
    assert_eq!(block_on(sink.send(b"late")), Err(Error::Closed));
    assert_eq!(block_on(stream.recv_some(&mut [0])), Err(Error::Closed));
}
