//! Accepting connections, whatever single peers do.

use super::{Sink, Stream, link, socket};
use crate::{
    Context, Sleep,
    metrics::{Operation, Stopwatch},
    run::Run,
};
use runtime_traits::{Clock, Error};
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{self, Poll, ready},
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

/// How long to let the system recover when it is short of descriptors or memory.
const PAUSE: Duration = Duration::from_millis(50);

/// Listens on an address until it is dropped. Up to 1,024 connections wait to be accepted, or as many
/// as the system allows. On Unix a program that starts again binds although old connections linger
/// (`SO_REUSEADDR`).
///
/// Connections that are gone before they are accepted are passed over. Where the system is short of
/// descriptors or memory, it warns and tries again each 50 ms. So
/// [`Error::ConnectionFailed`](runtime_traits::Error::ConnectionFailed) means that the listener itself is
/// lost: bind again.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    local: SocketAddr,
    run: Arc<Run>,
    pause: Option<Pin<Box<Sleep>>>,
    waits: Stopwatch,
}

impl Listener {
    pub(super) fn bind(run: &Arc<Run>, address: SocketAddr) -> io::Result<Self> {
        let socket = socket::listen(run, address)?;
        let local = socket.local_addr()?;
        Ok(Self {
            socket,
            local,
            run: run.clone(),
            pause: None,
            waits: Stopwatch::default(),
        })
    }

    /// Waits for a connection, and for the system to recover between failures.
    fn poll_connection(
        &mut self,
        cx: &mut task::Context<'_>,
    ) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            // The connection is of this run, whoever asks for it: another runtime, or a thread of none.
            let entered = self.run.enter();
            let accepted = self.socket.poll_accept(cx);
            drop(entered);
            match ready!(accepted) {
                Err(error) if !is_fatal(&error) => {
                    if !is_of_peer(&error) {
                        tracing::warn!(%error, address = %self.local, "cannot accept for now");
                        let context = Context::new(self.run.clone());
                        self.pause = Some(Box::pin(context.sleep(PAUSE)));
                    }
                }
                result => return Poll::Ready(result),
            }
        }
    }
}

impl runtime_traits::Listener for Listener {
    type Sink = Sink;
    type Stream = Stream;

    fn poll_accept(
        &mut self,
        cx: &mut task::Context<'_>,
    ) -> Poll<Result<(SocketAddr, Sink, Stream), Error>> {
        loop {
            self.run.check()?;
            let Poll::Ready(connection) = self.poll_connection(cx) else {
                self.waits.start();
                return Poll::Pending;
            };
            let meter = self.run.meters.here();
            meter.note(Operation::Accept, self.waits.stop(), &connection);
            match connection {
                // A peer that is gone already fails the options; the next one may be there.
                Ok((stream, peer)) => {
                    let halves = stream.set_nodelay(true);
                    let halves = halves.and_then(|()| link::split(&self.run, meter, stream, peer));
                    if let Ok((sink, stream)) = halves {
                        return Poll::Ready(Ok((peer, sink, stream)));
                    }
                }
                Err(error) => {
                    let lost = Error::ConnectionFailed(self.local, error.into());
                    return Poll::Ready(Err(self.run.failure(lost)));
                }
            }
        }
    }

    fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

/// Whether the listener itself is lost.
fn is_fatal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidInput | ErrorKind::Other | ErrorKind::NotConnected
    )
}

/// Whether only one connection, which had waited to be accepted, is lost.
fn is_of_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionRefused
            | ErrorKind::Interrupted
            | ErrorKind::PermissionDenied
    )
}
