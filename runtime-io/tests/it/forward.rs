//! Sink and stream as `AsyncRead` and `AsyncWrite`: what reaches them of each call.

use crate::recorder::{Sink, Stream, context, place};
use futures::io as futures_io;
use runtime_io::{Duplex, Futures, Io, Reader, Tokio, Writer, error::find};
use runtime_traits::Error;
use std::{
    io::{
        ErrorKind::{Other, TimedOut},
        IoSlice,
    },
    marker::PhantomPinned,
    mem::MaybeUninit,
    pin::Pin,
    task::Poll,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

fn io() -> Io<Sink, Stream> {
    Io::new(Sink::default(), Stream::default())
}

#[test]
fn a_write_hands_over_the_callers_own_buffer() {
    let message = [1, 2, 3];
    let mut io = io();
    let written = AsyncWrite::poll_write(Pin::new(&mut io), &mut context(), &message);
    assert!(matches!(written, Poll::Ready(Ok(3))));
    let written = futures_io::AsyncWrite::poll_write(Pin::new(&mut io), &mut context(), &message);
    assert!(matches!(written, Poll::Ready(Ok(3))));
    assert_eq!(io.sink().sent, [[place(&message)], [place(&message)]]);
}

#[test]
fn a_vectored_write_is_one_call_of_the_sink() {
    let (head, body) = ([1; 3], [2; 5]);
    let bufs = [IoSlice::new(&head), IoSlice::new(&body)];
    let mut io = io();
    assert!(io.is_write_vectored());
    let written = AsyncWrite::poll_write_vectored(Pin::new(&mut io), &mut context(), &bufs);
    assert!(matches!(written, Poll::Ready(Ok(8))));
    let written =
        futures_io::AsyncWrite::poll_write_vectored(Pin::new(&mut io), &mut context(), &bufs);
    assert!(matches!(written, Poll::Ready(Ok(8))));
    let call = vec![place(&head), place(&body)];
    assert_eq!(io.into_parts().0.sent, [call.clone(), call]);
}

#[test]
fn a_writer_alone_writes_vectored_too() {
    let bufs = [IoSlice::new(b"a"), IoSlice::new(b"b")];
    let mut writer = Writer::new(Sink::default());
    assert!(writer.is_write_vectored());
    let written = AsyncWrite::poll_write_vectored(Pin::new(&mut writer), &mut context(), &bufs);
    assert!(matches!(written, Poll::Ready(Ok(2))));
    assert_eq!(writer.into_inner().sent.len(), 1);
}

#[test]
fn a_sink_that_takes_nothing_is_write_zero() {
    use tokio::io::AsyncWriteExt;
    let mut writer = Writer::new(Sink::default());
    writer.get_mut().takes_nothing = true;
    let written = futures::executor::block_on(writer.write_all(b"abc"));
    assert_eq!(written.unwrap_err().kind(), std::io::ErrorKind::WriteZero);
}

#[test]
fn a_read_fills_the_callers_own_buffer() {
    let mut io = io();
    let mut bytes = [0; 8];
    let expected = place(&bytes[2..]);
    let mut buf = ReadBuf::new(&mut bytes);
    buf.put_slice(b"ab");
    let read = AsyncRead::poll_read(Pin::new(&mut io), &mut context(), &mut buf);
    assert!(matches!(read, Poll::Ready(Ok(()))));
    assert_eq!(buf.filled(), b"ab\x07\x07\x07");
    let whole = place(&bytes);
    let read = futures_io::AsyncRead::poll_read(Pin::new(&mut io), &mut context(), &mut bytes);
    assert!(matches!(read, Poll::Ready(Ok(4))));
    assert_eq!(io.stream().asked, [expected, whole]);
}

/// A library that asks again and again with a large new buffer does not pay for all of it.
#[test]
fn a_read_fills_64_kib_at_most_with_zeros() {
    let mut reader = Reader::new(Stream::default());
    let mut bytes = vec![MaybeUninit::uninit(); 1 << 20];
    let mut buf = ReadBuf::uninit(&mut bytes);
    let read = AsyncRead::poll_read(Pin::new(&mut reader), &mut context(), &mut buf);
    assert!(matches!(read, Poll::Ready(Ok(()))));
    assert_eq!(buf.initialized().len(), 64 << 10);
    assert_eq!(buf.filled(), [7; 32 << 10]);
}

#[test]
fn a_read_is_offered_all_that_is_initialized() {
    let mut reader = Reader::new(Stream::default());
    let mut bytes = vec![0; 1 << 20];
    let read = AsyncRead::poll_read(
        Pin::new(&mut reader),
        &mut context(),
        &mut ReadBuf::new(&mut bytes),
    );
    assert!(matches!(read, Poll::Ready(Ok(()))));
    assert_eq!(reader.get_ref().asked[0].1, 1 << 20);
}

#[test]
fn a_read_into_a_full_buffer_is_ready() {
    let mut io = io();
    let mut buf = ReadBuf::new(&mut []);
    let read = AsyncRead::poll_read(Pin::new(&mut io), &mut context(), &mut buf);
    assert!(matches!(read, Poll::Ready(Ok(()))));
}

/// The recorder's errors tell which of its calls was made.
#[test]
fn flushing_flushes_and_shutting_down_closes() {
    let mut io = io();
    let flushed = AsyncWrite::poll_flush(Pin::new(&mut io), &mut context());
    assert_failed(flushed, &Error::Timeout, TimedOut);
    let flushed = futures_io::AsyncWrite::poll_flush(Pin::new(&mut io), &mut context());
    assert_failed(flushed, &Error::Timeout, TimedOut);
    let shut = AsyncWrite::poll_shutdown(Pin::new(&mut io), &mut context());
    assert_failed(shut, &Error::Exited, Other);
    let shut = futures_io::AsyncWrite::poll_close(Pin::new(&mut io), &mut context());
    assert_failed(shut, &Error::Exited, Other);
}

/// The way back: a duplex of either library is told what its sink is told.
#[test]
fn a_duplex_is_passed_every_call() {
    fn check(mut duplex: impl Duplex) {
        let (head, body) = ([1; 3], [2; 5]);
        let bufs = [IoSlice::new(&head), IoSlice::new(&body)];
        let written = duplex.poll_write(&mut context(), &bufs);
        assert!(matches!(written, Poll::Ready(Ok(8))), "one write takes all");
        let flushed = duplex.poll_flush(&mut context());
        assert_failed(flushed, &Error::Timeout, TimedOut);
        let shut = duplex.poll_shutdown(&mut context());
        assert_failed(shut, &Error::Exited, Other);
    }
    check(Tokio(io()));
    check(Futures(io()));
}

#[track_caller]
fn assert_failed(polled: Poll<std::io::Result<()>>, error: &Error, kind: std::io::ErrorKind) {
    let Poll::Ready(Err(failed)) = polled else {
        panic!("{polled:?}");
    };
    assert_eq!((find(&failed), failed.kind()), (Some(error), kind));
}

/// Whatever the halves are: they are never pinned.
#[test]
fn adapters_are_unpin_and_as_movable_as_their_halves() {
    fn check<T: Unpin>() {}
    fn moves<T: Send + Sync>() {}
    check::<Io<PhantomPinned, PhantomPinned>>();
    check::<Reader<PhantomPinned>>();
    check::<Writer<PhantomPinned>>();
    moves::<Io<Box<u8>, Box<u8>>>();
    // What is split may stay with one thread at a time: the lock sees to it.
    moves::<runtime_io::Sink<OneThread>>();
    moves::<runtime_io::Stream<OneThread>>();
}

/// Sent between threads, shared by none.
struct OneThread(std::cell::Cell<u8>);

impl Duplex for OneThread {
    fn poll_read(
        &mut self,
        _: &mut std::task::Context<'_>,
        _: &mut [u8],
    ) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(self.0.get().into()))
    }

    fn poll_write(
        &mut self,
        _: &mut std::task::Context<'_>,
        _: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Poll::Pending
    }

    fn poll_flush(&mut self, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Pending
    }

    fn poll_shutdown(&mut self, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Pending
    }
}
