//! Another library's byte I/O as a sink and a stream, and what the two share. It knows no library.

use crate::{Duplex, Sink, Stream};
use std::{
    io::ErrorKind,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

/// Splits `io` into a [`Sink`] and a [`Stream`] that keep the contract as far as `io` lets them.
///
/// They share `io` behind a lock that is held for the time of a poll, and may live in two tasks.
///
/// | what happens to the halves | what `io` is told |
/// |---|---|
/// | the sink is closed | to shut down; the stream goes on |
/// | the sink is dropped, neither closed nor poisoned | the same: polled once in the drop, and by the stream as long as it is polled, until done |
/// | the sink is poisoned | nothing: it is dropped at once, without being shut down. The sink is `Closed`, the stream's next receive `RecvFailed` of kind `ConnectionReset` |
/// | both are dropped | it is dropped |
///
/// # What poison cannot do
/// The contract wants the peer of a poisoned sink to see a reset, never a clean end. How `io` looks to
/// its peer when it is dropped without being shut down is its own affair. TLS and WebSocket peers
/// notice. A plain TCP socket sends what a close sends, and its peer cannot tell: give
/// [`split_with`] a way to reset it, or dial through the backend, whose connections can.
///
/// # Panics
/// Not by itself. When a poll of `io` panics, the other half goes on with what it left.
pub fn split<D: Duplex>(io: D) -> (Sink<D>, Stream<D>) {
    split_with(io, drop)
}

/// As [`split`], with a way to break `io` off, which is called when the sink is poisoned.
///
/// ```
/// # #[cfg(feature = "tokio-1")]
/// # {
/// use runtime_io::{Sink, Stream, Tokio, split_with};
/// use tokio::net::TcpStream;
///
/// fn halves(socket: TcpStream) -> (Sink<Tokio<TcpStream>>, Stream<Tokio<TcpStream>>) {
///     split_with(Tokio(socket), |Tokio(socket)| {
///         // Dropped with no time to linger, a TCP socket resets its connection.
///         let _ = socket.set_zero_linger();
///     })
/// }
/// # let _ = halves;
/// # }
/// ```
pub fn split_with<D: Duplex>(io: D, reset: fn(D)) -> (Sink<D>, Stream<D>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            io: Some(io),
            failed: None,
            broken: None,
            shuts_down: false,
            reader: None,
        }),
        reset,
    });
    (Sink::new(shared.clone()), Stream::new(shared))
}

/// What the two halves share.
pub(crate) struct Shared<D> {
    state: Mutex<State<D>>,
    reset: fn(D),
}

pub(crate) struct State<D> {
    /// `None` once poisoned.
    pub(crate) io: Option<D>,
    /// How `io` failed first, a broken pipe apart. The system may tell one half only, and once.
    pub(crate) failed: Option<ErrorKind>,
    /// How the connection broke, in both directions.
    pub(crate) broken: Option<ErrorKind>,
    /// The sink is dropped, and `io` has not shut down yet.
    pub(crate) shuts_down: bool,
    /// The task that waits in the stream.
    pub(crate) reader: Option<Waker>,
}

impl<D> State<D> {
    /// Keeps how `io` failed, for the half that is not told.
    pub(crate) fn note(&mut self, kind: ErrorKind) {
        // A broken pipe says only that the peer reads no more: what it sent can still be read.
        if kind != ErrorKind::BrokenPipe {
            self.failed.get_or_insert(kind);
        }
        if breaks(kind) {
            self.broken.get_or_insert(kind);
        }
    }
}

/// Whether this is how a system says that a connection is no more. Others, as of a decoder that cannot read
/// what came, leave a connection on which sending goes on.
fn breaks(kind: ErrorKind) -> bool {
    use ErrorKind::*;
    matches!(
        kind,
        ConnectionReset
            | ConnectionAborted
            | NotConnected
            | TimedOut
            | HostUnreachable
            | NetworkUnreachable
    )
}

// A waker is another's code, and may come back to these halves: it is woken and dropped with the lock
// released.

impl<D> Shared<D> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State<D>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives `io` up.
    pub(crate) fn reset(&self) {
        let mut state = self.lock();
        let (io, reader) = (state.io.take(), state.reader.take());
        drop(state);
        io.into_iter().for_each(self.reset);
        wake(reader);
    }
}

impl<D: Duplex> Shared<D> {
    /// The sink is dropped open: what it cannot wait for is left to the stream.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        let Some(io) = &mut state.io else {
            return;
        };
        let polled = io.poll_shutdown(&mut Context::from_waker(Waker::noop()));
        state.shuts_down = polled.is_pending();
        let reader = state.reader.take_if(|_| polled.is_pending());
        drop(state);
        wake(reader);
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
