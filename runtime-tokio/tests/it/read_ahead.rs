//! Small receives, which read more from the system than they hand on.

use crate::{
    metrics::value,
    network::{any_port, read_all, reset},
    run,
};
use futures::poll;
use runtime_tokio::{Context, Sink, Stream};
use runtime_traits::{Error, Network, Stream as _};
use socket2::SockRef;
use std::{
    io::{ErrorKind, Write},
    net::{TcpListener, TcpStream},
    pin::pin,
    thread,
    time::Duration,
};

/// A connection to a peer outside the runtime.
async fn connected(context: &Context) -> (TcpStream, Sink, Stream) {
    let peer = TcpListener::bind(any_port()).unwrap();
    let dialled = context.dial(peer.local_addr().unwrap()).await.unwrap();
    (peer.accept().unwrap().0, dialled.0, dialled.1)
}

/// Fills `buf`, at times with a first receive that is dropped and gives back what it took.
async fn receive(stream: &mut Stream, buf: &mut [u8]) {
    if fastrand::bool() {
        let mut recv = pin!(stream.recv(buf));
        if poll!(&mut recv).map(Result::unwrap).is_ready() {
            return;
        }
    }
    stream.recv(buf).await.unwrap();
}

#[test]
fn receives_of_any_length_see_each_byte_once_and_in_order() {
    run(async |context| {
        let (mut peer, _sink, mut stream) = connected(&context).await;
        let sent: Vec<u8> = (0..500_000_u32).map(|byte| (byte % 251) as u8).collect();
        let bytes = sent.clone();
        let sending = thread::spawn(move || {
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let (chunk, left) = rest.split_at(fastrand::usize(1..=rest.len().min(3000)));
                peer.write_all(chunk).unwrap();
                rest = left;
            }
        });
        let mut seen = Vec::new();
        while seen.len() < sent.len() {
            let most = [3, 600, 6000][fastrand::usize(..3)].min(sent.len() - seen.len());
            let mut buf = vec![0; fastrand::usize(1..=most)];
            receive(&mut stream, &mut buf).await;
            seen.extend(buf);
        }
        sending.join().unwrap();
        assert!(seen == sent);
        assert_eq!(stream.recv_some(&mut [0]).await, Ok(0));
    });
}

#[test]
fn a_receive_that_was_told_all_is_told_of_more() {
    run(async |context| {
        let (mut peer, _sink, mut stream) = connected(&context).await;
        for byte in 0..200 {
            peer.write_all(&[byte]).unwrap();
            let mut received = [0];
            stream.recv(&mut received).await.unwrap();
            assert_eq!(received, [byte]);
            assert!(poll!(pin!(stream.recv(&mut received))).is_pending());
        }
    });
}

#[test]
fn what_was_read_ahead_comes_before_the_end_or_the_reset() {
    run(async |context| {
        for is_reset in [false, true] {
            let (mut peer, _sink, mut stream) = connected(&context).await;
            peer.write_all(b"head and tail").unwrap();
            let mut head = [0; 4];
            stream.recv(&mut head).await.unwrap();
            if is_reset {
                SockRef::from(&peer)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
            }
            drop(peer);
            let mut tail = [0; 9];
            stream.recv(&mut tail).await.unwrap();
            assert_eq!((&head, &tail), (b"head", b" and tail"));
            let end = match is_reset {
                true => reset(),
                false => Error::RecvFailed(ErrorKind::UnexpectedEof.into()),
            };
            assert_eq!(stream.recv(&mut tail).await, Err(end));
        }
    });
}

#[test]
fn bytes_count_when_they_are_handed_on() {
    run(async |context| {
        let (mut peer, _sink, mut stream) = connected(&context).await;
        peer.write_all(b"head and tail").unwrap();
        drop(peer);
        let received = || value(&context, "runtime_network_received_bytes_total{label=\"\"}");
        stream.recv(&mut [0; 4]).await.unwrap();
        assert_eq!(received(), Some(4.0));
        read_all(&mut stream).await.unwrap();
        assert_eq!(received(), Some(13.0));
    });
}
