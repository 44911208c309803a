//! Sending, closing and breaking off.

use super::link::Link;
use crate::metrics::{Bytes, Operation, Stopwatch};
use runtime_traits::Error;
use socket2::SockRef;
use std::{
    fmt,
    io::{self, ErrorKind, IoSlice},
    net::Shutdown,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::AsyncWrite,
    net::{TcpStream, tcp::OwnedWriteHalf},
};

/// The half of a connection that sends. Dropped open, it sends what it took and closes (FIN). Poisoned,
/// it resets the connection: on Linux at once, elsewhere when both halves are dropped.
pub struct Sink {
    /// `None` once poisoned.
    half: Option<OwnedWriteHalf>,
    closed: bool,
    link: Arc<Link>,
    waits: Stopwatch,
}

impl Sink {
    pub(super) fn new(half: OwnedWriteHalf, link: Arc<Link>) -> Self {
        Self {
            half: Some(half),
            closed: false,
            link,
            waits: Stopwatch::default(),
        }
    }

    fn open(&mut self) -> Result<&mut OwnedWriteHalf, Error> {
        self.link.run.check()?;
        match &mut self.half {
            Some(half) if !self.closed => Ok(half),
            _ => Err(Error::Closed),
        }
    }

    fn failure(&self, error: io::Error) -> Error {
        self.link.note(&error);
        self.link.run.failure(Error::SendFailed(error.into()))
    }
}

impl runtime_traits::Sink for Sink {
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let half = Pin::new(self.open()?);
        let mut space;
        // The system takes a limited number of buffers at once, which might all be empty.
        let sent = match bufs.iter().position(|buf| !buf.is_empty()) {
            None => return Poll::Ready(Ok(0)),
            Some(last) if last + 1 == bufs.len() => half.poll_write(cx, &bufs[last]),
            Some(first) => {
                space = [0; FEW];
                match gather(&bufs[first..], &mut space) {
                    Some(bytes) => half.poll_write(cx, bytes),
                    None => half.poll_write_vectored(cx, &bufs[first..]),
                }
            }
        };
        let Poll::Ready(sent) = sent else {
            self.waits.start();
            return Poll::Pending;
        };
        let (meter, waited) = (&self.link.meter, self.waits.stop());
        match &sent {
            Ok(len) => meter.note_bytes(Operation::Send, waited, Bytes::Sent, *len),
            Err(_) => meter.note(Operation::Send, waited, &sent),
        }
        Poll::Ready(sent.map_err(|error| self.failure(error)))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        // A socket keeps nothing back.
        Poll::Ready(self.open().map(|_| ()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.closed {
            return Poll::Ready(self.link.run.check());
        }
        // Not tokio's shutdown, which takes a connection that was broken off for closed.
        let half: &OwnedWriteHalf = self.open()?;
        let closed = SockRef::from(AsRef::<TcpStream>::as_ref(half)).shutdown(Shutdown::Write);
        self.closed = closed.is_ok();
        Poll::Ready(closed.map_err(|error| match error.kind() {
            ErrorKind::NotConnected => self.failure(ErrorKind::BrokenPipe.into()),
            _ => self.failure(error),
        }))
    }

    fn poison(&mut self) {
        self.closed = false;
        if let Some(half) = self.half.take() {
            let _ = self.link.broken.set(ErrorKind::ConnectionReset);
            reset(half.as_ref());
            // No FIN: where the reset has not left yet, it leaves with the other half.
            half.forget();
        }
    }
}

/// So many bytes are copied together in less time than the system takes for a second buffer.
const FEW: usize = 512;

/// All the bytes in one place, where they are few.
fn gather<'a>(bufs: &[IoSlice<'_>], space: &'a mut [u8; FEW]) -> Option<&'a [u8]> {
    let mut len = 0;
    for buf in bufs {
        let end = len + buf.len();
        space.get_mut(len..end)?.copy_from_slice(buf);
        len = end;
    }
    Some(&space[..len])
}

/// At once: disconnecting an established connection sends RST.
#[cfg(target_os = "linux")]
fn reset(stream: &TcpStream) {
    if rustix::net::connect_unspec(stream).is_err() {
        reset_on_close(stream);
    }
}

#[cfg(not(target_os = "linux"))]
fn reset(stream: &TcpStream) {
    reset_on_close(stream);
}

/// When both halves are dropped. A socket that refuses is broken off already.
fn reset_on_close(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink")
            .field("peer", &self.link.peer)
            .field("open", &(self.half.is_some() && !self.closed))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
