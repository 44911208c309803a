//! Another library's object as a sink and a stream: what it is told, and what they say.

use crate::recorder::{Answers, Log, Told, context};
use futures::executor::block_on;
use runtime_io::{Sink, Stream, Tokio, error::into_io, split, split_with};
use runtime_traits::{Error, Sink as _, Stream as _};
use std::{
    io::{self, ErrorKind::*, IoSlice},
    sync::{Arc, Mutex},
    task::{Poll, Wake, Waker},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn ready<T>(value: T) -> Poll<io::Result<T>> {
    Poll::Ready(Ok(value))
}

fn bytes(bytes: &'static [u8]) -> Poll<io::Result<&'static [u8]>> {
    ready(bytes)
}

fn failed<T>(kind: io::ErrorKind) -> Poll<io::Result<T>> {
    Poll::Ready(Err(kind.into()))
}

/// Halves of an object that gives these answers, and its log.
fn told(answers: Answers) -> (Sink<Told>, Stream<Told>, Log) {
    let log = Log::default();
    let told = Told {
        answers,
        log: log.clone(),
    };
    let (sink, stream) = split_with(told, |told| told.log.note("reset"));
    (sink, stream, log)
}

fn recv(stream: &mut Stream<Told>) -> Poll<Result<Vec<u8>, Error>> {
    let mut buf = [0; 8];
    let received = stream.poll_recv(&mut context(), &mut buf);
    received.map_ok(|count| buf[..count].to_vec())
}

fn send(sink: &mut Sink<Told>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
    sink.poll_send(&mut context(), &[IoSlice::new(b""), IoSlice::new(bytes)])
}

#[test]
fn bytes_go_both_ways() {
    let (near, mut far) = tokio::io::duplex(64);
    let (mut sink, mut stream) = split(Tokio(near));
    block_on(async {
        sink.send(b"ping").await.unwrap();
        let mut buf = [0; 4];
        far.read_exact(&mut buf).await.unwrap();
        assert_eq!(&buf, b"ping");
        far.write_all(b"pong").await.unwrap();
        assert_eq!(stream.recv(&mut buf).await, Ok(()));
        assert_eq!(&buf, b"pong");
    });
}

#[test]
fn nothing_to_send_or_receive_polls_nothing() {
    let (mut sink, mut stream, log) = told(Answers::default());
    assert_eq!(sink.poll_send(&mut context(), &[]), Poll::Ready(Ok(0)));
    assert_eq!(send(&mut sink, b""), Poll::Ready(Ok(0)));
    assert_eq!(
        stream.poll_recv(&mut context(), &mut []),
        Poll::Ready(Ok(0))
    );
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn an_object_that_takes_nothing_is_write_zero() {
    let (mut sink, _stream, _) = told(Answers {
        writes: [ready(0)].into(),
        ..Answers::default()
    });
    let expected = Error::SendFailed(WriteZero.into());
    assert_eq!(send(&mut sink, b"abc"), Poll::Ready(Err(expected)));
}

#[test]
fn an_error_that_an_adapter_made_is_what_it_was() {
    let (mut sink, mut stream, _) = told(Answers {
        writes: [Poll::Ready(Err(into_io(Error::Timeout)))].into(),
        reads: [Poll::Ready(Err(into_io(Error::Closed)))].into(),
        ..Answers::default()
    });
    assert_eq!(send(&mut sink, b"a"), Poll::Ready(Err(Error::Timeout)));
    assert_eq!(recv(&mut stream), Poll::Ready(Err(Error::Closed)));
}

#[test]
fn after_a_failed_read_no_end_is_clean() {
    let (_sink, mut stream, _) = told(Answers {
        reads: [failed(ConnectionReset), bytes(b"rest"), bytes(b"")].into(),
        ..Answers::default()
    });
    let reset = Err(Error::RecvFailed(ConnectionReset.into()));
    assert_eq!(recv(&mut stream), Poll::Ready(reset.clone()));
    assert_eq!(recv(&mut stream), Poll::Ready(Ok(b"rest".to_vec())));
    assert_eq!(recv(&mut stream), Poll::Ready(reset));
}

/// The system tells of a reset once, and it was the sink that it told.
#[test]
fn after_a_failed_write_no_end_is_clean() {
    let (mut sink, mut stream, _) = told(Answers {
        writes: [failed(ConnectionReset)].into(),
        reads: [bytes(b"")].into(),
        ..Answers::default()
    });
    let reset = Error::SendFailed(ConnectionReset.into());
    assert_eq!(send(&mut sink, b"a"), Poll::Ready(Err(reset)));
    let reset = Error::RecvFailed(ConnectionReset.into());
    assert_eq!(recv(&mut stream), Poll::Ready(Err(reset)));
}

/// A server that answers early and reads no more has still answered in full.
#[test]
fn after_a_broken_pipe_the_end_is_clean() {
    let (mut sink, mut stream, _) = told(Answers {
        writes: [failed(BrokenPipe)].into(),
        reads: [bytes(b"answer"), bytes(b"")].into(),
        ..Answers::default()
    });
    let broken = Error::SendFailed(BrokenPipe.into());
    assert_eq!(send(&mut sink, b"a"), Poll::Ready(Err(broken)));
    assert_eq!(recv(&mut stream), Poll::Ready(Ok(b"answer".to_vec())));
    assert_eq!(recv(&mut stream), Poll::Ready(Ok(vec![])));
}

#[test]
fn from_the_first_close_on_sending_is_closed() {
    let (mut sink, _stream, log) = told(Answers {
        shutdowns: [Poll::Pending, ready(())].into(),
        ..Answers::default()
    });
    assert_eq!(sink.poll_close(&mut context()), Poll::Pending);
    assert_eq!(send(&mut sink, b"late"), Poll::Ready(Err(Error::Closed)));
    assert_eq!(
        sink.poll_flush(&mut context()),
        Poll::Ready(Err(Error::Closed))
    );
    assert_eq!(sink.poll_close(&mut context()), Poll::Ready(Ok(())));
    assert_eq!(sink.poll_close(&mut context()), Poll::Ready(Ok(())));
    drop(sink);
    assert_eq!(log.take(), ["shutdown", "shutdown"], "and not once more");
}

#[test]
fn a_stream_that_failed_on_a_connection_that_stands_lets_the_sink_close() {
    // As of TLS without a farewell, and of a decoder.
    for kind in [UnexpectedEof, InvalidData, Other, BrokenPipe] {
        let (mut sink, mut stream, log) = told(Answers {
            reads: [failed(kind)].into(),
            writes: [ready(1)].into(),
            shutdowns: [ready(())].into(),
            ..Answers::default()
        });
        let error = Error::RecvFailed(kind.into());
        assert_eq!(recv(&mut stream), Poll::Ready(Err(error)));
        assert_eq!(send(&mut sink, b"a"), Poll::Ready(Ok(1)));
        assert_eq!(sink.poll_close(&mut context()), Poll::Ready(Ok(())));
        assert_eq!(log.take(), ["read", "write", "shutdown"]);
    }
}

/// A socket of tokio's says that it has shut down even so.
#[test]
fn closing_what_broke_off_fails_and_ends_the_sending() {
    for kind in [
        ConnectionReset,
        ConnectionAborted,
        NotConnected,
        TimedOut,
        HostUnreachable,
        NetworkUnreachable,
    ] {
        let (mut sink, mut stream, log) = told(Answers {
            reads: [failed(InvalidData), failed(kind)].into(),
            shutdowns: [ready(())].into(),
            ..Answers::default()
        });
        for kind in [InvalidData, kind] {
            let error = Error::RecvFailed(kind.into());
            assert_eq!(recv(&mut stream), Poll::Ready(Err(error)));
        }
        for _ in 0..2 {
            let error = Error::SendFailed(kind.into());
            assert_eq!(sink.poll_close(&mut context()), Poll::Ready(Err(error)));
        }
        assert_eq!(send(&mut sink, b"a"), Poll::Ready(Err(Error::Closed)));
        assert_eq!(log.take(), ["read", "read"]);
    }
}

#[test]
fn a_close_that_fails_says_so() {
    let (mut sink, _stream, _) = told(Answers {
        shutdowns: [failed(BrokenPipe)].into(),
        ..Answers::default()
    });
    let broken = Error::SendFailed(BrokenPipe.into());
    assert_eq!(sink.poll_close(&mut context()), Poll::Ready(Err(broken)));
}

#[test]
fn a_flush_is_passed_on() {
    let (mut sink, _stream, log) = told(Answers {
        flushes: [ready(())].into(),
        ..Answers::default()
    });
    assert_eq!(sink.poll_flush(&mut context()), Poll::Ready(Ok(())));
    assert_eq!(log.take(), ["flush"]);
}

#[test]
fn a_dropped_sink_shuts_down_and_its_stream_reads_on() {
    let (near, mut far) = tokio::io::duplex(64);
    let (sink, mut stream) = split(Tokio(near));
    drop(sink);
    block_on(async {
        assert_eq!(far.read(&mut [0; 8]).await.unwrap(), 0);
        far.write_all(b"answer").await.unwrap();
        let mut buf = [0; 6];
        assert_eq!(stream.recv(&mut buf).await, Ok(()));
        assert_eq!(&buf, b"answer");
    });
}

/// Wakes nobody, and counts.
#[derive(Default)]
struct Wakes(Mutex<u32>);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap() += 1;
    }
}

/// A stream that waits in a task, and how often the task was woken.
fn waiting(stream: &mut Stream<Told>) -> Arc<Wakes> {
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let mut cx = std::task::Context::from_waker(&waker);
    assert_eq!(stream.poll_recv(&mut cx, &mut [0; 8]), Poll::Pending);
    wakes
}

#[test]
fn the_stream_ends_a_shutdown_that_a_dropped_sink_cannot_wait_for() {
    let (sink, mut stream, log) = told(Answers {
        shutdowns: [Poll::Pending, Poll::Pending, ready(())].into(),
        ..Answers::default()
    });
    let wakes = waiting(&mut stream);
    drop(sink);
    assert_eq!(*wakes.0.lock().unwrap(), 1, "there is work for it");
    for _ in 0..3 {
        assert_eq!(recv(&mut stream), Poll::Pending);
    }
    let log = log.take();
    let shutdowns = log.iter().filter(|call| **call == "shutdown").count();
    assert_eq!(shutdowns, 3, "{log:?}");
}

#[test]
fn a_dropped_sink_that_has_shut_down_wakes_nobody() {
    let (sink, mut stream, log) = told(Answers {
        shutdowns: [ready(())].into(),
        ..Answers::default()
    });
    let wakes = waiting(&mut stream);
    drop(sink);
    assert_eq!(*wakes.0.lock().unwrap(), 0);
    assert_eq!(recv(&mut stream), Poll::Pending);
    assert_eq!(log.take(), ["read", "shutdown", "read"]);
}

#[test]
fn poison_gives_the_object_up_without_shutting_it_down() {
    let log = Log::default();
    let (mut sink, mut stream) = split(Told {
        answers: Answers::default(),
        log: log.clone(),
    });
    let wakes = waiting(&mut stream);
    assert_eq!(log.take(), ["read"]);
    sink.poison();
    assert_eq!(log.take(), ["drop"]);
    assert_eq!(*wakes.0.lock().unwrap(), 1, "the stream's wait is over");
    let reset = Error::RecvFailed(ConnectionReset.into());
    assert_eq!(recv(&mut stream), Poll::Ready(Err(reset)));
    assert_eq!(send(&mut sink, b"late"), Poll::Ready(Err(Error::Closed)));
    let (flushed, closed) = (
        sink.poll_flush(&mut context()),
        sink.poll_close(&mut context()),
    );
    assert_eq!(
        (flushed, closed),
        (
            Poll::Ready(Err(Error::Closed)),
            Poll::Ready(Err(Error::Closed))
        )
    );
    drop(sink);
    assert_eq!(log.take(), [""; 0]);
}

/// As the docs say: without a way to break it off, its peer reads an end like any other.
#[test]
fn poison_alone_does_not_tell_the_peer_of_an_object_that_cannot() {
    let (near, mut far) = tokio::io::duplex(64);
    let (mut sink, _stream) = split(Tokio(near));
    sink.poison();
    assert_eq!(block_on(far.read(&mut [0; 8])).unwrap(), 0);
}

#[test]
fn poison_breaks_off_as_it_was_told_to_once_and_after_a_close_too() {
    let (mut sink, _stream, log) = told(Answers {
        shutdowns: [ready(())].into(),
        ..Answers::default()
    });
    assert_eq!(sink.poll_close(&mut context()), Poll::Ready(Ok(())));
    sink.poison();
    sink.poison();
    assert_eq!(log.take(), ["shutdown", "reset", "drop"]);
    assert_eq!(
        sink.poll_close(&mut context()),
        Poll::Ready(Err(Error::Closed))
    );
}

/// A stream that is done with waiting keeps no waker, which may hold the stream's own task.
#[test]
fn the_waker_of_a_wait_that_is_over_is_dropped() {
    let (_sink, mut stream, _) = told(Answers {
        reads: [Poll::Pending, bytes(b"a")].into(),
        ..Answers::default()
    });
    let wakes = waiting(&mut stream);
    assert_eq!(Arc::strong_count(&wakes), 2);
    assert_eq!(recv(&mut stream), Poll::Ready(Ok(b"a".to_vec())));
    assert_eq!(Arc::strong_count(&wakes), 1);
}

#[test]
fn what_is_put_back_comes_first_even_after_poison() {
    let (mut sink, mut stream, _) = told(Answers::default());
    stream.unread(b"cd");
    stream.unread(b"ab");
    sink.poison();
    assert_eq!(recv(&mut stream), Poll::Ready(Ok(b"abcd".to_vec())));
}

/// A pin of an object that is not `Unpin` is one.
#[test]
fn a_pinned_object_is_split() {
    let (near, _far) = tokio::io::duplex(64);
    let (sink, stream) = split(Tokio(Box::pin(near)));
    assert!(format!("{sink:?} {stream:?}").contains("Open"));
}
