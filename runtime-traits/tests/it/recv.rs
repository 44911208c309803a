//! Receiving loses nothing.

use crate::executor::poll_once;
use runtime_traits::{Error, Stream};
use std::{
    collections::VecDeque,
    io::ErrorKind::{ConnectionReset, UnexpectedEof},
    task::{Context, Poll},
};

/// One entry a poll: bytes, a wait, the end (no bytes) or an error.
#[derive(Default)]
struct Script {
    polls: VecDeque<Poll<Result<&'static [u8], Error>>>,
    asked: Vec<usize>,
    given_back: Vec<Vec<u8>>,
}

impl Script {
    fn new(polls: impl Into<VecDeque<Poll<Result<&'static [u8], Error>>>>) -> Self {
        Self {
            polls: polls.into(),
            ..Self::default()
        }
    }
}

impl Stream for Script {
    fn poll_recv(&mut self, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        self.asked.push(buf.len());
        let next = self.polls.pop_front().expect("polled once too often");
        next.map_ok(|bytes| {
            buf[..bytes.len()].copy_from_slice(bytes);
            bytes.len()
        })
    }

    fn unread(&mut self, bytes: &[u8]) {
        self.given_back.push(bytes.to_vec());
    }
}

fn bytes(bytes: &'static [u8]) -> Poll<Result<&'static [u8], Error>> {
    Poll::Ready(Ok(bytes))
}

fn reset() -> Error {
    Error::RecvFailed(ConnectionReset.into())
}

#[test]
fn recv_fills_the_buffer_across_short_reads_and_waits() {
    let mut stream = Script::new([bytes(b"ab"), Poll::Pending, bytes(b"c"), bytes(b"de")]);
    let mut buf = [0; 5];
    let mut recv = stream.recv(&mut buf);
    assert_eq!(poll_once(&mut recv), Poll::Pending);
    assert_eq!(poll_once(&mut recv), Poll::Ready(Ok(())));
    drop(recv);
    assert_eq!(buf, *b"abcde");
    assert_eq!(stream.asked, [5, 3, 3, 2]);
    assert_eq!(stream.given_back, [[0; 0]; 0]);
}

#[test]
fn a_dropped_recv_gives_back_what_it_took() {
    let mut stream = Script::new([bytes(b"ab"), bytes(b"c"), Poll::Pending]);
    assert_eq!(poll_once(&mut stream.recv(&mut [0; 5])), Poll::Pending);
    assert_eq!(stream.given_back, [b"abc"]);
}

#[test]
fn a_dropped_recv_that_took_nothing_gives_nothing_back() {
    let mut stream = Script::new([Poll::Pending]);
    drop(stream.recv(&mut [0; 5]));
    assert_eq!(poll_once(&mut stream.recv(&mut [0; 5])), Poll::Pending);
    assert_eq!(stream.given_back, [[0; 0]; 0]);
}

#[test]
fn a_failed_recv_gives_back_what_it_took_once() {
    let mut stream = Script::new([bytes(b"abc"), Poll::Ready(Err(reset()))]);
    let mut buf = [0; 5];
    let mut recv = stream.recv(&mut buf);
    assert_eq!(poll_once(&mut recv), Poll::Ready(Err(reset())));
    drop(recv);
    assert_eq!(stream.given_back, [b"abc"]);
}

#[test]
fn an_end_inside_a_recv_gives_back_what_it_took_once() {
    let mut stream = Script::new([bytes(b"abc"), bytes(b"")]);
    let mut buf = [0; 5];
    let mut recv = stream.recv(&mut buf);
    let eof = Error::RecvFailed(UnexpectedEof.into());
    assert_eq!(poll_once(&mut recv), Poll::Ready(Err(eof)));
    drop(recv);
    assert_eq!(stream.given_back, [b"abc"]);
}

#[test]
fn an_end_before_a_recv_is_unexpected_too() {
    let mut stream = Script::new([bytes(b"")]);
    let eof = Error::RecvFailed(UnexpectedEof.into());
    assert_eq!(
        poll_once(&mut stream.recv(&mut [0; 5])),
        Poll::Ready(Err(eof))
    );
    assert_eq!(stream.given_back, [[0; 0]; 0]);
}

#[test]
fn an_empty_buffer_is_filled_without_a_poll() {
    let mut stream = Script::new([]);
    assert_eq!(poll_once(&mut stream.recv(&mut [])), Poll::Ready(Ok(())));
    assert_eq!(
        poll_once(&mut stream.recv_some(&mut [])),
        Poll::Ready(Ok(0))
    );
    assert_eq!(stream.asked, [0; 0]);
}

#[test]
fn recv_some_returns_what_one_poll_gives() {
    let polls = [
        Poll::Pending,
        bytes(b"ab"),
        bytes(b""),
        Poll::Ready(Err(reset())),
    ];
    let mut stream = Script::new(polls);
    let mut buf = [0; 5];
    let mut recv = stream.recv_some(&mut buf);
    assert_eq!(poll_once(&mut recv), Poll::Pending);
    assert_eq!(poll_once(&mut recv), Poll::Ready(Ok(2)));
    assert_eq!(buf[..2], *b"ab");
    assert_eq!(
        poll_once(&mut stream.recv_some(&mut buf)),
        Poll::Ready(Ok(0))
    );
    let failed = Poll::Ready(Err(reset()));
    assert_eq!(poll_once(&mut stream.recv_some(&mut buf)), failed);
    assert_eq!(stream.given_back, [[0; 0]; 0]);
}

#[test]
fn addresses_are_unknown_unless_a_stream_knows_them() {
    let stream = Script::new([]);
    assert_eq!((stream.peer_addr(), stream.local_addr()), (None, None));
}
