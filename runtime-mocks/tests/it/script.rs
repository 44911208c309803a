//! Ends that follow a script.

use crate::executor::{Wakes, block_on, poll_with};
use runtime_mocks::{Channel, Script, Sink, Stream};
use runtime_traits::{Error, Sink as _, Stream as _};
use std::{
    io::{
        ErrorKind::{BrokenPipe, ConnectionReset, TimedOut, WriteZero},
        IoSlice,
    },
    panic::catch_unwind,
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// A stream that follows `script`, with `bytes` sent and its sink alive.
fn stream(script: Script, bytes: &[u8]) -> (Sink, Stream) {
    let (mut sink, stream) = Channel::scripted(1024, Script::new(), script);
    block_on(sink.send(bytes)).unwrap();
    (sink, stream)
}

fn sink(script: Script) -> (Sink, Stream) {
    Channel::scripted(1024, script, Script::new())
}

fn recv(stream: &mut Stream, room: usize) -> Poll<Result<Vec<u8>, Error>> {
    let mut buf = vec![0; room];
    let mut cx = Context::from_waker(Waker::noop());
    stream
        .poll_recv(&mut cx, &mut buf)
        .map_ok(|count| buf[..count].to_vec())
}

fn read(bytes: &[u8]) -> Poll<Result<Vec<u8>, Error>> {
    Poll::Ready(Ok(bytes.to_vec()))
}

fn send(sink: &mut Sink, bytes: &[u8]) -> Poll<Result<usize, Error>> {
    let mut cx = Context::from_waker(Waker::noop());
    sink.poll_send(&mut cx, &[IoSlice::new(bytes)])
}

fn text(panic: Box<dyn std::any::Any + Send>) -> String {
    panic.downcast_ref::<&str>().unwrap().to_string()
}

#[test]
fn reads_have_the_given_sizes_and_then_all_there_is() {
    let (_sink, mut stream) = stream(Script::new().bytes(3).bytes(1), b"abcdefgh");
    assert_eq!(recv(&mut stream, 16), read(b"abc"));
    assert_eq!(recv(&mut stream, 16), read(b"d"));
    assert_eq!(recv(&mut stream, 16), read(b"efgh"));
}

#[test]
fn a_smaller_buffer_leaves_the_rest_of_the_step() {
    let (_sink, mut stream) = stream(Script::new().bytes(3).bytes(2), b"abcdef");
    assert_eq!(recv(&mut stream, 2), read(b"ab"));
    assert_eq!(recv(&mut stream, 2), read(b"c"));
    assert_eq!(recv(&mut stream, 2), read(b"de"));
    assert_eq!(recv(&mut stream, 2), read(b"f"));
}

#[test]
fn waits_come_before_their_byte_and_wake_the_task() {
    let (_sink, mut stream) = stream(Script::new().bytes(1).pending(2), b"ab");
    let wakes = Arc::new(Wakes::default());
    assert_eq!(recv(&mut stream, 4), read(b"a"));
    let mut buf = [0; 4];
    assert_eq!(
        poll_with(&mut stream.recv_some(&mut buf), &wakes),
        Poll::Pending
    );
    assert_eq!(wakes.count(), 1);
    assert_eq!(
        poll_with(&mut stream.recv_some(&mut buf), &wakes),
        Poll::Pending
    );
    assert_eq!(wakes.count(), 2);
    assert_eq!(recv(&mut stream, 4), read(b"b"));
}

#[test]
fn a_repeated_script_moves_every_byte_alone() {
    let (_sink, mut stream) = stream(Script::new().pending(1).bytes(1).repeat(), b"abc");
    for byte in [b"a", b"b", b"c"] {
        assert_eq!(recv(&mut stream, 4), Poll::Pending);
        assert_eq!(recv(&mut stream, 4), read(byte));
    }
}

#[test]
fn a_stream_fails_after_its_byte_and_its_sink_finds_a_broken_pipe() {
    let script = Script::new().bytes(2).fail(TimedOut);
    let (mut sink, mut stream) = stream(script, b"abcd");
    let failed = Error::RecvFailed(TimedOut.into());
    assert_eq!(recv(&mut stream, 4), read(b"ab"));
    assert_eq!(recv(&mut stream, 4), Poll::Ready(Err(failed.clone())));
    assert_eq!(recv(&mut stream, 4), Poll::Ready(Err(failed)));
    assert_eq!(
        block_on(sink.send(b"x")),
        Err(Error::SendFailed(BrokenPipe.into()))
    );
}

#[test]
fn a_stream_ends_after_its_byte_and_its_sink_finds_a_broken_pipe() {
    let (mut sink, mut stream) = stream(Script::new().bytes(2).end(), b"abcd");
    assert_eq!(recv(&mut stream, 4), read(b"ab"));
    assert_eq!(recv(&mut stream, 4), read(b""));
    assert_eq!(recv(&mut stream, 4), read(b""));
    assert_eq!(
        block_on(sink.send(b"x")),
        Err(Error::SendFailed(BrokenPipe.into()))
    );
}

#[test]
fn given_back_bytes_pass_the_script_by() {
    let script = Script::new()
        .bytes(1)
        .bytes(1)
        .bytes(1)
        .fail(ConnectionReset);
    let (_sink, mut stream) = stream(script, b"abcd");
    let failed = Error::RecvFailed(ConnectionReset.into());
    assert_eq!(block_on(stream.recv(&mut [0; 4])), Err(failed.clone()));
    assert_eq!(recv(&mut stream, 4), read(b"abc"));
    assert_eq!(recv(&mut stream, 4), Poll::Ready(Err(failed)));
}

#[test]
fn an_empty_buffer_takes_no_step() {
    let (_sink, mut stream) = stream(Script::new().pending(1), b"a");
    assert_eq!(recv(&mut stream, 0), read(b""));
    assert_eq!(recv(&mut stream, 4), Poll::Pending);
    assert_eq!(recv(&mut stream, 4), read(b"a"));
}

#[test]
fn a_wait_of_the_script_is_taken_also_where_nothing_was_sent() {
    let (mut sink, mut stream) = stream(Script::new().pending(1), b"");
    assert_eq!(recv(&mut stream, 4), Poll::Pending);
    block_on(sink.send(b"a")).unwrap();
    assert_eq!(recv(&mut stream, 4), read(b"a"));
}

#[test]
fn a_wait_for_the_sink_takes_no_step() {
    let (mut sink, mut stream) = stream(Script::new().bytes(2).bytes(1), b"");
    assert_eq!(recv(&mut stream, 4), Poll::Pending);
    block_on(sink.send(b"abcd")).unwrap();
    assert_eq!(recv(&mut stream, 4), read(b"ab"));
    assert_eq!(recv(&mut stream, 4), read(b"c"));
}

#[test]
fn writes_have_the_given_sizes_and_then_as_much_as_fits() {
    let (mut sink, mut stream) = sink(Script::new().bytes(3).bytes(1));
    assert_eq!(send(&mut sink, b"abcdefgh"), Poll::Ready(Ok(3)));
    assert_eq!(send(&mut sink, b"defgh"), Poll::Ready(Ok(1)));
    assert_eq!(send(&mut sink, b"efgh"), Poll::Ready(Ok(4)));
    assert_eq!(recv(&mut stream, 16), read(b"abcdefgh"));
}

#[test]
fn a_short_write_may_end_inside_a_later_slice() {
    let (mut sink, mut stream) = sink(Script::new().bytes(3));
    let bufs = [IoSlice::new(b"ab"), IoSlice::new(b"cd")];
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(sink.poll_send(&mut cx, &bufs), Poll::Ready(Ok(3)));
    assert_eq!(recv(&mut stream, 16), read(b"abc"));
}

#[test]
fn a_sink_waits_before_its_byte_and_wakes_the_task() {
    let (mut sink, _stream) = sink(Script::new().bytes(1).pending(2));
    let wakes = Arc::new(Wakes::default());
    let mut sending = sink.send(b"ab");
    assert_eq!(poll_with(&mut sending, &wakes), Poll::Pending);
    assert_eq!(poll_with(&mut sending, &wakes), Poll::Pending);
    assert_eq!(wakes.count(), 2);
    assert_eq!(poll_with(&mut sending, &wakes), Poll::Ready(Ok(())));
}

#[test]
fn a_sink_fails_after_its_byte_and_its_stream_is_reset() {
    let (mut sink, mut stream) = sink(Script::new().bytes(2).fail(TimedOut));
    let failed = Error::SendFailed(TimedOut.into());
    assert_eq!(send(&mut sink, b"abcd"), Poll::Ready(Ok(2)));
    assert_eq!(block_on(sink.send(b"cd")), Err(failed.clone()));
    assert_eq!(block_on(sink.send(b"cd")), Err(failed.clone()));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(sink.poll_flush(&mut cx), Poll::Ready(Err(failed.clone())));
    assert_eq!(block_on(sink.close()), Err(failed));
    drop(sink);
    assert_eq!(recv(&mut stream, 4), read(b"ab"));
    assert_eq!(
        recv(&mut stream, 4),
        Poll::Ready(Err(Error::RecvFailed(ConnectionReset.into())))
    );
}

#[test]
fn a_message_that_fails_half_way_poisons_the_sink() {
    let (mut sink, _stream) = sink(Script::new().bytes(2).fail(TimedOut));
    assert_eq!(
        block_on(sink.send(b"abcd")),
        Err(Error::SendFailed(TimedOut.into()))
    );
    assert_eq!(block_on(sink.send(b"x")), Err(Error::Closed));
}

#[test]
fn a_sink_that_ends_takes_nothing_and_can_be_closed() {
    let (mut sink, mut stream) = sink(Script::new().bytes(2).end());
    assert_eq!(block_on(sink.send(b"ab")), Ok(()));
    assert_eq!(send(&mut sink, b"c"), Poll::Ready(Ok(0)));
    assert_eq!(
        block_on(sink.send(b"c")),
        Err(Error::SendFailed(WriteZero.into()))
    );
    assert_eq!(block_on(sink.close()), Ok(()));
    assert_eq!(recv(&mut stream, 4), read(b"ab"));
    assert_eq!(recv(&mut stream, 4), read(b""));
}

#[test]
fn a_sink_that_ends_within_a_message_is_poisoned() {
    let (mut sink, mut stream) = sink(Script::new().bytes(2).end());
    assert_eq!(
        block_on(sink.send(b"abc")),
        Err(Error::SendFailed(WriteZero.into()))
    );
    assert_eq!(block_on(sink.close()), Err(Error::Closed));
    assert_eq!(recv(&mut stream, 4), read(b"ab"));
    assert_eq!(
        recv(&mut stream, 4),
        Poll::Ready(Err(Error::RecvFailed(ConnectionReset.into())))
    );
}

#[test]
fn a_full_channel_takes_no_step_of_the_sink() {
    let (mut sink, mut stream) = Channel::scripted(1, Script::new().bytes(2), Script::new());
    assert_eq!(send(&mut sink, b"abc"), Poll::Ready(Ok(1)));
    assert_eq!(send(&mut sink, b"bc"), Poll::Pending);
    assert_eq!(recv(&mut stream, 4), read(b"a"));
    assert_eq!(send(&mut sink, b"bc"), Poll::Ready(Ok(1)));
}

#[test]
fn the_sinks_doings_come_first_where_they_come_earlier() {
    let script = Script::new().bytes(8).fail(ConnectionReset);
    let (sink, mut stream) = stream(script, b"abcd");
    drop(sink);
    assert_eq!(recv(&mut stream, 16), read(b"abcd"));
    assert_eq!(recv(&mut stream, 16), read(b""));
}

#[test]
fn a_script_refuses_what_would_never_be_reached() {
    let reached = "`repeat`, `fail` and `end` are a script's last step: nothing that follows would be reached";
    let all: [fn() -> Script; 5] = [
        || Script::new().bytes(1).repeat().bytes(1),
        || Script::new().end().pending(1),
        || Script::new().fail(TimedOut).end(),
        || Script::new().end().fail(TimedOut),
        || Script::new().bytes(1).end().repeat(),
    ];
    for script in all {
        assert_eq!(text(catch_unwind(script).unwrap_err()), reached);
    }
}

#[test]
fn a_script_refuses_steps_that_move_nothing() {
    let none = catch_unwind(|| Script::new().bytes(0)).unwrap_err();
    assert_eq!(
        text(none),
        "a step of 0 bytes is no step: leave it out, or say `end`"
    );
    let waits = catch_unwind(|| Script::new().pending(1).repeat()).unwrap_err();
    assert_eq!(
        text(waits),
        "a script that repeats without `bytes` would wait for ever: add `bytes(1)`"
    );
}
