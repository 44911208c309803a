//! The contract's rules of a connection, on a channel without a script.

use crate::executor::{block_on, poll_once};
use runtime_mocks::Channel;
use runtime_traits::{Error, Sink, Stream};
use std::{
    io::{
        ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof},
        IoSlice,
    },
    panic::catch_unwind,
    task::{Context, Poll, Waker},
};

fn noop() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

fn reset() -> Error {
    Error::RecvFailed(ConnectionReset.into())
}

fn broken() -> Error {
    Error::SendFailed(BrokenPipe.into())
}

fn recv(stream: &mut impl Stream, len: usize) -> Result<Vec<u8>, Error> {
    let mut buf = vec![0; len];
    block_on(stream.recv(&mut buf)).map(|()| buf)
}

fn recv_some(stream: &mut impl Stream) -> Result<Vec<u8>, Error> {
    let mut buf = [0; 64];
    block_on(stream.recv_some(&mut buf)).map(|count| buf[..count].to_vec())
}

#[test]
fn bytes_arrive_in_order_whatever_the_sizes() {
    let (mut sink, mut stream) = Channel::init(1024);
    block_on(sink.send(b"hello ")).unwrap();
    block_on(sink.send(b"world")).unwrap();
    assert_eq!(recv(&mut stream, 4).unwrap(), b"hell");
    assert_eq!(recv_some(&mut stream).unwrap(), b"o world");
}

#[test]
fn a_closed_sink_is_a_clean_end_behind_its_bytes() {
    let (mut sink, mut stream) = Channel::init(16);
    block_on(sink.send(b"abc")).unwrap();
    block_on(sink.close()).unwrap();
    assert_eq!(recv(&mut stream, 3).unwrap(), b"abc");
    assert_eq!(recv_some(&mut stream), Ok(vec![]));
    assert_eq!(recv_some(&mut stream), Ok(vec![]));
}

#[test]
fn a_dropped_sink_is_a_clean_end_behind_its_bytes() {
    let (mut sink, mut stream) = Channel::init(16);
    block_on(sink.send(b"abc")).unwrap();
    drop(sink);
    assert_eq!(recv(&mut stream, 3).unwrap(), b"abc");
    assert_eq!(recv_some(&mut stream), Ok(vec![]));
}

#[test]
fn an_exact_recv_across_the_end_gives_back_what_it_took() {
    let (mut sink, mut stream) = Channel::init(16);
    block_on(sink.send(b"abc")).unwrap();
    drop(sink);
    assert_eq!(
        recv(&mut stream, 4),
        Err(Error::RecvFailed(UnexpectedEof.into()))
    );
    assert_eq!(recv(&mut stream, 3).unwrap(), b"abc");
    assert_eq!(recv_some(&mut stream), Ok(vec![]));
}

#[test]
fn a_poisoned_sink_is_a_reset_and_never_a_clean_end() {
    let (mut sink, mut stream) = Channel::init(16);
    block_on(sink.send(b"abc")).unwrap();
    sink.poison();
    assert_eq!(recv(&mut stream, 3).unwrap(), b"abc");
    assert_eq!(recv_some(&mut stream), Err(reset()));
    assert_eq!(block_on(sink.close()), Err(Error::Closed));
    assert_eq!(recv_some(&mut stream), Err(reset()));
    drop(sink);
    assert_eq!(recv_some(&mut stream), Err(reset()));
}

#[test]
fn a_poison_after_the_close_takes_the_clean_end_back() {
    let (mut sink, mut stream) = Channel::init(16);
    block_on(sink.close()).unwrap();
    sink.poison();
    assert_eq!(recv_some(&mut stream), Err(reset()));
}

#[test]
fn a_send_that_is_dropped_half_way_resets_the_stream() {
    let (mut sink, mut stream) = Channel::init(3);
    assert_eq!(poll_once(&mut sink.send(b"abcdef")), Poll::Pending);
    assert_eq!(recv(&mut stream, 3).unwrap(), b"abc");
    assert_eq!(recv_some(&mut stream), Err(reset()));
    assert_eq!(block_on(sink.send(b"x")), Err(Error::Closed));
}

#[test]
fn after_the_close_only_another_close_is_ok() {
    let (mut sink, _stream) = Channel::init(16);
    block_on(sink.close()).unwrap();
    let bufs = [IoSlice::new(b"x")];
    let empty = [IoSlice::new(b"")];
    let closed = Err(Error::Closed);
    assert_eq!(
        sink.poll_send(&mut noop(), &bufs),
        Poll::Ready(Err(Error::Closed))
    );
    assert_eq!(
        sink.poll_send(&mut noop(), &empty),
        Poll::Ready(Err(Error::Closed))
    );
    assert_eq!(sink.poll_flush(&mut noop()), Poll::Ready(closed));
    assert_eq!(sink.poll_close(&mut noop()), Poll::Ready(Ok(())));
    assert_eq!(block_on(sink.send(b"x")), Err(Error::Closed));
    assert_eq!(block_on(sink.send(b"")), Ok(()));
}

#[test]
fn after_a_poison_every_call_is_closed() {
    let (mut sink, _stream) = Channel::init(16);
    sink.poison();
    let bufs = [IoSlice::new(b"x")];
    assert_eq!(
        sink.poll_send(&mut noop(), &bufs),
        Poll::Ready(Err(Error::Closed))
    );
    assert_eq!(
        sink.poll_flush(&mut noop()),
        Poll::Ready(Err(Error::Closed))
    );
    assert_eq!(
        sink.poll_close(&mut noop()),
        Poll::Ready(Err(Error::Closed))
    );
    assert_eq!(block_on(sink.send(b"")), Ok(()));
}

#[test]
fn a_dropped_stream_breaks_the_pipe() {
    let (mut sink, stream) = Channel::init(16);
    block_on(sink.send(b"abc")).unwrap();
    drop(stream);
    assert_eq!(block_on(sink.send(b"x")), Err(broken()));
    assert_eq!(sink.poll_flush(&mut noop()), Poll::Ready(Err(broken())));
    assert_eq!(block_on(sink.close()), Err(broken()));
    assert_eq!(block_on(sink.close()), Err(broken()));
}

#[test]
fn a_full_channel_makes_its_writer_wait() {
    let (mut sink, mut stream) = Channel::init(4);
    let bufs = [IoSlice::new(b"abcdef")];
    assert_eq!(sink.poll_send(&mut noop(), &bufs), Poll::Ready(Ok(4)));
    assert_eq!(sink.poll_send(&mut noop(), &bufs), Poll::Pending);
    assert_eq!(recv(&mut stream, 3).unwrap(), b"abc");
    assert_eq!(sink.poll_send(&mut noop(), &bufs), Poll::Ready(Ok(3)));
    assert_eq!(sink.poll_send(&mut noop(), &bufs), Poll::Pending);
}

#[test]
fn a_full_channel_still_takes_nothing_at_once() {
    let (mut sink, _stream) = Channel::init(1);
    block_on(sink.send(b"a")).unwrap();
    let empty = [IoSlice::new(b""), IoSlice::new(b"")];
    assert_eq!(sink.poll_send(&mut noop(), &empty), Poll::Ready(Ok(0)));
    assert_eq!(sink.poll_send(&mut noop(), &[]), Poll::Ready(Ok(0)));
}

#[test]
fn vectored_sends_go_out_in_order_and_as_far_as_there_is_room() {
    let (mut sink, mut stream) = Channel::init(6);
    let bufs = [
        IoSlice::new(b"ab"),
        IoSlice::new(b""),
        IoSlice::new(b"cde"),
        IoSlice::new(b"fgh"),
        IoSlice::new(b"ij"),
    ];
    assert_eq!(sink.poll_send(&mut noop(), &bufs), Poll::Ready(Ok(6)));
    assert_eq!(recv_some(&mut stream).unwrap(), b"abcdef");
}

#[test]
fn unread_bytes_come_first_in_the_order_of_the_stream() {
    let (mut sink, mut stream) = Channel::init(16);
    block_on(sink.send(b"ef")).unwrap();
    stream.unread(b"cd");
    stream.unread(b"ab");
    assert_eq!(recv(&mut stream, 1).unwrap(), b"a");
    assert_eq!(recv(&mut stream, 5).unwrap(), b"bcdef");
}

#[test]
fn unread_bytes_come_before_the_end_and_before_a_reset() {
    let (sink, mut stream) = Channel::init(16);
    drop(sink);
    stream.unread(b"ab");
    assert_eq!(recv_some(&mut stream).unwrap(), b"ab");
    assert_eq!(recv_some(&mut stream), Ok(vec![]));

    let (mut sink, mut stream) = Channel::init(16);
    sink.poison();
    stream.unread(b"ab");
    assert_eq!(recv_some(&mut stream).unwrap(), b"ab");
    assert_eq!(recv_some(&mut stream), Err(reset()));
}

#[test]
fn a_recv_that_is_dropped_loses_nothing() {
    let (mut sink, mut stream) = Channel::init(16);
    block_on(sink.send(b"abc")).unwrap();
    assert_eq!(poll_once(&mut stream.recv(&mut [0; 5])), Poll::Pending);
    block_on(sink.send(b"de")).unwrap();
    assert_eq!(recv(&mut stream, 5).unwrap(), b"abcde");
}

#[test]
fn an_empty_buffer_is_filled_at_once() {
    let (_sink, mut stream) = Channel::init(16);
    assert_eq!(stream.poll_recv(&mut noop(), &mut []), Poll::Ready(Ok(0)));
}

#[test]
fn a_stream_without_bytes_waits() {
    let (_sink, mut stream) = Channel::init(16);
    assert_eq!(stream.poll_recv(&mut noop(), &mut [0; 4]), Poll::Pending);
}

#[test]
fn a_capacity_of_nothing_is_refused() {
    let panic = catch_unwind(|| Channel::init(0)).unwrap_err();
    let text = panic.downcast_ref::<&str>().copied();
    assert_eq!(
        text,
        Some("a channel of capacity 0 can carry no byte: give it at least 1")
    );
}

#[test]
fn the_largest_capacity_takes_no_memory_ahead() {
    let (mut sink, mut stream) = Channel::init(usize::MAX);
    block_on(sink.send(b"abc")).unwrap();
    assert_eq!(recv(&mut stream, 3).unwrap(), b"abc");
}

#[test]
fn both_ends_and_their_futures_may_go_to_other_threads() {
    fn shared<T: Send + Sync + Unpin + 'static>(_: &T) {}
    fn sent<T: Send>(_: &T) {}
    let (mut sink, mut stream) = Channel::init(1);
    shared(&sink);
    shared(&stream);
    sent(&sink.send(b"x"));
    sent(&stream.recv(&mut [0]));
}
