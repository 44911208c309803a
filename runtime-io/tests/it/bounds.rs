//! What the public types are by themselves: they go where what they are made of goes.

use runtime_io::{Duplex, Futures, Io, Reader, Sink, Stream, Tokio, Writer};
use std::{
    io::{IoSlice, Result},
    marker::PhantomPinned,
    task::{Context, Poll},
};

fn goes_everywhere<T: Send + Sync + Unpin + 'static>() {}
fn is_unpin<T: Unpin>() {}

type OfTokio = tokio::net::TcpStream;
type OfFutures = futures::io::AllowStdIo<std::net::TcpStream>;

macro_rules! backend {
    ($($test:ident of $backend:ident),*) => {$(
        #[test]
        fn $test() {
            goes_everywhere::<Reader<$backend::Stream>>();
            goes_everywhere::<Writer<$backend::Sink>>();
            goes_everywhere::<Io<$backend::Sink, $backend::Stream>>();
            is_a_connection::<Io<$backend::Sink, $backend::Stream>>();
        }
    )*};
}
backend!(
    simulated_connections_go_everywhere of runtime_deterministic,
    real_connections_go_everywhere of runtime_tokio,
    mocked_connections_go_everywhere of runtime_mocks
);

/// As codecs, WebSocket and TLS ask it, of either library.
fn is_a_connection<T>()
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite,
    T: futures::io::AsyncRead + futures::io::AsyncWrite,
    T: Unpin + Send + 'static,
{
}

#[test]
fn halves_of_what_was_split_go_everywhere() {
    fn halves<D: Duplex + Send + 'static>() {
        goes_everywhere::<Sink<D>>();
        goes_everywhere::<Stream<D>>();
    }
    halves::<Tokio<OfTokio>>();
    halves::<Futures<OfFutures>>();
    halves::<Unshared>();
}

/// Something that one thread uses at a time: the halves' lock makes them shareable all the same.
struct Unshared(#[expect(dead_code, reason = "it is here for what it is")] std::cell::Cell<u8>);

impl Duplex for Unshared {
    fn poll_read(&mut self, _: &mut Context<'_>, _: &mut [u8]) -> Poll<Result<usize>> {
        Poll::Ready(Ok(0))
    }

    fn poll_write(&mut self, _: &mut Context<'_>, _: &[IoSlice<'_>]) -> Poll<Result<usize>> {
        Poll::Ready(Ok(0))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn adapters_are_unpin_whatever_they_are_made_of() {
    is_unpin::<Reader<PhantomPinned>>();
    is_unpin::<Writer<PhantomPinned>>();
    is_unpin::<Io<PhantomPinned, PhantomPinned>>();
}
