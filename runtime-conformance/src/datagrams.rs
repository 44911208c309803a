//! Datagrams. They may be lost, repeated and reordered, so that a clause sends until one arrives.

use crate::{connection::anywhere, outside::block_on};
use runtime_traits::{Clock, Datagram, Datagrams, Error, Runner, Spawner};
use std::{future::poll_fn, net::SocketAddr, task::Poll, time::Duration};

const AGAIN: Duration = Duration::from_millis(20);

/// How often a message is sent before it counts as one that never arrives.
const TRIES: usize = 1_000;

/// Sends `message` until something arrives; returns its length in `buf` and its sender.
async fn exchange<C: Datagrams + Clock>(
    context: &C,
    from: &C::Datagram,
    to: &C::Datagram,
    message: &[u8],
    buf: &mut [u8],
) -> (usize, SocketAddr) {
    for _ in 0..TRIES {
        from.send_to(message, to.local_addr())
            .await
            .expect("it is small");
        if let Ok(received) = context.timeout(AGAIN, to.recv_from(buf)).await {
            return received.expect("the socket is bound");
        }
    }
    panic!("of {TRIES} messages none arrived");
}

async fn bound<C: Datagrams>(context: &C) -> C::Datagram {
    let socket = context.bind_datagram(anywhere()).await;
    socket.expect("a free port")
}

/// Port 0 is a free port, another one each time, and [`local_addr`](Datagram::local_addr) tells it.
pub fn port_zero_is_an_ephemeral_datagram_port<R: Runner, C: Datagrams>((runner, context): (R, C)) {
    runner.start(async {
        let (one, other) = (bound(&context).await, bound(&context).await);
        let (one, other) = (one.local_addr(), other.local_addr());
        assert_eq!((one.ip(), other.ip()), (anywhere().ip(), anywhere().ip()));
        assert!(one.port() != 0 && other.port() != 0, "{one} {other}");
        assert_ne!(one, other);
    });
}

/// Binding an address that is taken is [`Error::BindFailed`] with this address.
pub fn a_taken_datagram_address_is_bind_failed<R: Runner, C: Datagrams>((runner, context): (R, C)) {
    runner.start(async {
        let taken = bound(&context).await;
        let socket = taken.local_addr();
        match context.bind_datagram(socket).await {
            Err(Error::BindFailed(named, _)) => assert_eq!(named, socket),
            other => panic!("expected BindFailed, got {:?}", other.err()),
        }
    });
}

/// Once a socket is dropped its address binds again.
pub fn a_datagram_address_is_free_once_its_socket_is_dropped<R: Runner, C: Datagrams>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let socket = bound(&context).await.local_addr();
        let again = context.bind_datagram(socket).await;
        assert_eq!(again.expect("nobody is there").local_addr(), socket);
    });
}

/// A message arrives whole, as one message, with its sender's address.
pub fn a_datagram_arrives_whole_with_its_sender<R: Runner, C: Datagrams + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (one, other) = (bound(&context).await, bound(&context).await);
        for message in [&b"hello"[..], b"", &[7; 1_000]] {
            let mut buf = [0; 2_000];
            // What was sent again may still be on its way.
            loop {
                let (len, from) = exchange(&context, &one, &other, message, &mut buf).await;
                assert_eq!(from, one.local_addr());
                if buf[..len] == *message {
                    break;
                }
                assert!(
                    &buf[..len] == b"hello" || len == 0,
                    "{len} bytes of no message"
                );
            }
        }
    });
}

/// What does not fit is lost: the next receive does not give the rest.
pub fn what_does_not_fit_of_a_datagram_is_lost<R: Runner, C: Datagrams + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (one, other) = (bound(&context).await, bound(&context).await);
        let mut three = [0; 3];
        for _ in 0..2 {
            let (len, _) = exchange(&context, &one, &other, b"hello", &mut three).await;
            assert_eq!((len, &three), (3, b"hel"));
        }
    });
}

/// A message that no datagram holds is [`Error::SendFailed`].
pub fn a_datagram_that_is_too_long_is_send_failed<R: Runner, C: Datagrams>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (one, other) = (bound(&context).await, bound(&context).await);
        let (message, to) = ([0; 1 << 16], other.local_addr());
        let polled = poll_fn(|cx| one.poll_send_to(cx, &message, to)).await;
        for sent in [polled, one.send_to(&message, to).await] {
            assert!(matches!(sent, Err(Error::SendFailed(_))), "{sent:?}");
        }
    });
}

/// Sending to where nobody is bound is no error, then or later: the next receive still waits.
pub fn a_datagram_to_nobody_is_lost<R: Runner, C: Datagrams + Clock>((runner, context): (R, C)) {
    runner.start(async {
        let (one, other) = (bound(&context).await, bound(&context).await);
        let nobody = bound(&context).await.local_addr();
        for _ in 0..3 {
            assert_eq!(one.send_to(b"anybody?", nobody).await, Ok(()));
        }
        let mut buf = [0; 8];
        let (len, from) = exchange(&context, &other, &one, b"hello", &mut buf).await;
        assert_eq!((&buf[..len], from), (&b"hello"[..], other.local_addr()));
    });
}

/// One task may wait for a message while another sends; the waiting one is woken.
pub fn a_waiting_recv_from_is_woken<R: Runner, C: Datagrams + Clock + Spawner>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let one = std::sync::Arc::new(bound(&context).await);
        let (waiting, socket) = (one.clone(), one.local_addr());
        let mut reader = context.spawn("reader", async move {
            let mut buf = [0; 8];
            let (len, from) = waiting.recv_from(&mut buf).await.expect("it is bound");
            (buf[..len].to_vec(), from)
        });
        context.sleep(AGAIN).await;
        let mut received = Err(Error::Timeout);
        for _ in 0..TRIES {
            one.send_to(b"to self", socket).await.expect("it is small");
            received = context.timeout(AGAIN, &mut reader).await;
            if received.is_ok() {
                break;
            }
        }
        assert_eq!(received, Ok(Ok((b"to self".to_vec(), socket))));
    });
}

/// A `recv_from` that is dropped while it waits loses no message.
pub fn a_dropped_recv_from_takes_nothing<R: Runner, C: Datagrams + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let (one, other) = (bound(&context).await, bound(&context).await);
        let mut buf = [0; 8];
        let early = poll_fn(|cx| Poll::Ready(other.poll_recv_from(cx, &mut buf).is_pending()));
        assert!(early.await, "nothing was sent");
        let (len, from) = exchange(&context, &one, &other, b"hello", &mut buf).await;
        assert_eq!((&buf[..len], from), (&b"hello"[..], one.local_addr()));
    });
}

/// After the end binding is [`Error::Closed`], as is what was bound before.
pub fn after_the_end_datagrams_are_closed<R: Runner, C: Datagrams>((runner, context): (R, C)) {
    let socket = runner.start(bound(&context));
    let to = socket.local_addr();
    assert_eq!(
        block_on(context.bind_datagram(anywhere())).err(),
        Some(Error::Closed)
    );
    assert_eq!(block_on(socket.send_to(b"late", to)), Err(Error::Closed));
    assert_eq!(
        block_on(socket.recv_from(&mut [0])).err(),
        Some(Error::Closed)
    );
}
