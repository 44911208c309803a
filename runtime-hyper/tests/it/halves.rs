//! A sink and a stream as hyper sees them, and what it sees when they fail.

use futures::executor::block_on;
use hyper::rt::{Executor as _, Read, ReadBuf, Write};
use runtime_hyper::{Executor, Io};
use runtime_mocks::{Channel, Script};
use runtime_traits::{Error, Stream};
use std::{
    future::poll_fn,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
};

/// Receives once, into a buffer of this size.
async fn read(io: &mut (impl Read + Unpin), size: usize) -> io::Result<Vec<u8>> {
    let mut space = vec![0; size];
    let mut buf = ReadBuf::new(&mut space);
    poll_fn(|cx| Pin::new(&mut *io).poll_read(cx, buf.unfilled())).await?;
    Ok(buf.filled().to_vec())
}

/// An end whose own bytes come back to it.
fn echo(stream: Script) -> Io<runtime_mocks::Sink, runtime_mocks::Stream> {
    let (sink, stream) = Channel::scripted(1024, Script::new(), stream);
    Io::new(sink, stream)
}

#[test]
fn buffers_are_sent_together_and_received_as_they_come() {
    block_on(async {
        let mut io = echo(Script::new().bytes(2).pending(1));
        let bufs = [IoSlice::new(b"abc"), IoSlice::new(b""), IoSlice::new(b"de")];
        assert!(io.is_write_vectored());
        let sent = poll_fn(|cx| Pin::new(&mut io).poll_write_vectored(cx, &bufs)).await;
        assert_eq!(sent.unwrap(), 5);
        assert_eq!(read(&mut io, 8).await.unwrap(), b"ab");
        assert_eq!(read(&mut io, 8).await.unwrap(), b"cde");
        assert_eq!(read(&mut io, 0).await.unwrap(), b"");
        let nothing = poll_fn(|cx| Pin::new(&mut io).poll_write(cx, b"")).await;
        assert_eq!(nothing.unwrap(), 0);
    });
}

#[test]
fn a_shut_down_end_still_receives_and_then_ends() {
    block_on(async {
        let mut io = echo(Script::new());
        let sent = poll_fn(|cx| Pin::new(&mut io).poll_write(cx, b"abc")).await;
        assert_eq!(sent.unwrap(), 3);
        poll_fn(|cx| Pin::new(&mut io).poll_flush(cx))
            .await
            .unwrap();
        poll_fn(|cx| Pin::new(&mut io).poll_shutdown(cx))
            .await
            .unwrap();
        assert_eq!(read(&mut io, 8).await.unwrap(), b"abc");
        assert_eq!(read(&mut io, 8).await.unwrap(), b"");
        let late = poll_fn(|cx| Pin::new(&mut io).poll_write(cx, b"x")).await;
        assert_eq!(late.unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_failure_keeps_its_kind_and_its_error() {
    block_on(async {
        let mut io = echo(Script::new().fail(ErrorKind::ConnectionReset));
        let failed = read(&mut io, 8).await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::ConnectionReset);
        let inside = runtime_hyper::find(&failed);
        let reset = Error::RecvFailed(ErrorKind::ConnectionReset.into());
        assert_eq!(inside, Some(&reset));
    });
}

#[test]
fn the_halves_come_back() {
    let (_, mut stream) = echo(Script::new()).into_parts();
    block_on(async {
        assert_eq!(stream.recv_some(&mut [0; 8]).await, Ok(0));
    });
}

/// hyper's HTTP/2 asks for an executor that is `Unpin`, whatever the runtime is.
#[test]
fn an_executor_is_unpin_and_runs_what_it_is_given() {
    fn unpin<T: Unpin>() {}
    unpin::<Executor<std::marker::PhantomPinned>>();
    let (runner, context, _) = runtime_deterministic::Executor::default();
    runtime_traits::Runner::start(runner, async {
        let (send, receive) = futures::channel::oneshot::channel();
        Executor::new(context).execute(async move { send.send(7) });
        assert_eq!(receive.await, Ok(7));
    });
}
