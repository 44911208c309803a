//! Sending is whole, or poisons.

use crate::executor::poll_once;
use runtime_traits::{Error, Sink};
use std::{
    collections::VecDeque,
    io::{
        ErrorKind::{BrokenPipe, WriteZero},
        IoSlice,
    },
    task::{Context, Poll},
};

/// One entry a poll: bytes taken by a send, or the answer of a flush.
#[derive(Default)]
struct Script {
    sends: VecDeque<Poll<Result<usize, Error>>>,
    flushes: VecDeque<Poll<Result<(), Error>>>,
    offered: Vec<Vec<u8>>,
    poisons: usize,
}

const FLUSHED: Poll<Result<(), Error>> = Poll::Ready(Ok(()));

fn took(bytes: usize) -> Poll<Result<usize, Error>> {
    Poll::Ready(Ok(bytes))
}

impl Script {
    fn new(
        sends: impl Into<VecDeque<Poll<Result<usize, Error>>>>,
        flushes: impl Into<VecDeque<Poll<Result<(), Error>>>>,
    ) -> Self {
        Self {
            sends: sends.into(),
            flushes: flushes.into(),
            ..Self::default()
        }
    }
}

impl Sink for Script {
    fn poll_send(
        &mut self,
        _: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        if self.poisons > 0 {
            return Poll::Ready(Err(Error::Closed));
        }
        self.offered
            .push(bufs.iter().flat_map(|buf| buf.to_vec()).collect());
        self.sends.pop_front().expect("sent once too often")
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.flushes.pop_front().expect("flushed once too often")
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_flush(cx)
    }

    fn poison(&mut self) {
        self.poisons += 1;
    }
}

fn broken() -> Error {
    Error::SendFailed(BrokenPipe.into())
}

#[test]
fn send_sends_all_across_short_writes_and_waits_and_flushes() {
    let sends = [took(2), Poll::Pending, took(1), took(2)];
    let mut sink = Script::new(sends, [Poll::Pending, FLUSHED]);
    let mut send = sink.send(b"abcde");
    assert_eq!(poll_once(&mut send), Poll::Pending);
    assert_eq!(poll_once(&mut send), Poll::Pending);
    assert_eq!(poll_once(&mut send), Poll::Ready(Ok(())));
    drop(send);
    let offered: [&[u8]; 4] = [b"abcde", b"cde", b"cde", b"de"];
    assert_eq!(sink.offered, offered);
    assert!(sink.flushes.is_empty());
    assert_eq!(sink.poisons, 0);
}

#[test]
fn an_empty_send_polls_nothing() {
    let mut sink = Script::new([], []);
    assert_eq!(poll_once(&mut sink.send(b"")), Poll::Ready(Ok(())));
    assert_eq!(sink.poisons, 0);
}

#[test]
fn a_send_dropped_before_a_byte_left_does_not_poison() {
    let mut sink = Script::new([Poll::Pending], []);
    drop(sink.send(b"abc"));
    assert_eq!(poll_once(&mut sink.send(b"abc")), Poll::Pending);
    assert_eq!(sink.poisons, 0);
}

#[test]
fn a_send_dropped_after_a_byte_left_poisons() {
    let mut sink = Script::new([took(1), Poll::Pending], []);
    assert_eq!(poll_once(&mut sink.send(b"abc")), Poll::Pending);
    assert_eq!(sink.poisons, 1);
}

#[test]
fn a_send_dropped_during_its_flush_poisons() {
    let mut sink = Script::new([took(3)], [Poll::Pending]);
    assert_eq!(poll_once(&mut sink.send(b"abc")), Poll::Pending);
    assert_eq!(sink.poisons, 1);
}

#[test]
fn a_send_that_fails_before_a_byte_left_does_not_poison() {
    let mut sink = Script::new([Poll::Ready(Err(broken()))], []);
    let failed = Poll::Ready(Err(broken()));
    assert_eq!(poll_once(&mut sink.send(b"abc")), failed);
    assert_eq!(sink.poisons, 0);
}

#[test]
fn a_send_that_fails_after_a_byte_left_poisons_once() {
    let mut sink = Script::new([took(1), Poll::Ready(Err(broken()))], []);
    let mut send = sink.send(b"abc");
    assert_eq!(poll_once(&mut send), Poll::Ready(Err(broken())));
    drop(send);
    assert_eq!(sink.poisons, 1);
}

#[test]
fn a_send_whose_flush_fails_poisons() {
    let mut sink = Script::new([took(3)], [Poll::Ready(Err(broken()))]);
    let failed = Poll::Ready(Err(broken()));
    assert_eq!(poll_once(&mut sink.send(b"abc")), failed);
    assert_eq!(sink.poisons, 1);
}

#[test]
fn a_sink_that_takes_nothing_is_write_zero() {
    let zero = Error::SendFailed(WriteZero.into());
    let mut sink = Script::new([took(0)], []);
    assert_eq!(
        poll_once(&mut sink.send(b"abc")),
        Poll::Ready(Err(zero.clone()))
    );
    assert_eq!(sink.poisons, 0);

    let mut sink = Script::new([took(2), took(0)], []);
    assert_eq!(poll_once(&mut sink.send(b"abc")), Poll::Ready(Err(zero)));
    assert_eq!(sink.poisons, 1);
}

#[test]
fn a_failed_send_that_is_polled_again_does_not_pretend() {
    let mut sink = Script::new([took(1), Poll::Ready(Err(broken()))], []);
    let mut send = sink.send(b"abc");
    assert_eq!(poll_once(&mut send), Poll::Ready(Err(broken())));
    assert_eq!(poll_once(&mut send), Poll::Ready(Err(Error::Closed)));
    drop(send);
    assert_eq!(sink.poisons, 1);

    let mut sink = Script::new([Poll::Ready(Err(broken())), took(1), Poll::Pending], []);
    let mut send = sink.send(b"abc");
    assert_eq!(poll_once(&mut send), Poll::Ready(Err(broken())));
    assert_eq!(poll_once(&mut send), Poll::Pending);
    drop(send);
    assert_eq!(sink.poisons, 1);
}

#[test]
fn close_is_the_sinks_own() {
    let mut sink = Script::new([], [Poll::Pending, Poll::Ready(Err(broken()))]);
    let mut close = sink.close();
    assert_eq!(poll_once(&mut close), Poll::Pending);
    assert_eq!(poll_once(&mut close), Poll::Ready(Err(broken())));
}
