//! The two halves of a connection.

use crate::run::Run;
use runtime_traits::{Cause, Error};
use socket2::SockRef;
use std::{
    fmt,
    io::{self, ErrorKind, IoSlice},
    net::{Shutdown, SocketAddr},
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What both halves know.
struct Link {
    run: Arc<Run>,
    local: SocketAddr,
    peer: SocketAddr,
    /// How the connection broke off. The system tells one half only.
    broken: OnceLock<ErrorKind>,
}

pub(super) fn split(
    run: &Arc<Run>,
    stream: TcpStream,
    peer: SocketAddr,
) -> io::Result<(Sink, Stream)> {
    let link = Arc::new(Link {
        run: run.clone(),
        local: stream.local_addr()?,
        peer,
        broken: OnceLock::new(),
    });
    let (read, write) = stream.into_split();
    let stream = Stream {
        half: read,
        link: link.clone(),
        unread: Vec::new(),
    };
    let sink = Sink {
        half: Some(write),
        closed: false,
        link,
    };
    Ok((sink, stream))
}

/// The half of a connection that sends. Dropped open, it sends what it took and closes (FIN).
pub struct Sink {
    /// `None` once poisoned.
    half: Option<OwnedWriteHalf>,
    closed: bool,
    link: Arc<Link>,
}

impl Sink {
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
        // The system takes a limited number of buffers at once, which might all be empty.
        let sent = match bufs.iter().position(|buf| !buf.is_empty()) {
            None => return Poll::Ready(Ok(0)),
            Some(last) if last + 1 == bufs.len() => ready!(half.poll_write(cx, &bufs[last])),
            Some(first) => ready!(half.poll_write_vectored(cx, &bufs[first..])),
        };
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
        if let Some(half) = self.half.take() {
            let _ = self.link.broken.set(ErrorKind::ConnectionReset);
            reset(half.as_ref());
            // No FIN: where the reset has not left yet, it leaves with the other half.
            half.forget();
        }
    }
}

impl Link {
    fn note(&self, error: &io::Error) {
        // A broken pipe tells of a reset after a clean end, which the stream still may read, or
        // repeats what was noted before.
        if error.kind() != ErrorKind::BrokenPipe {
            let _ = self.broken.set(error.kind());
        }
    }

    fn end(&self) -> Result<usize, Error> {
        match self.broken.get() {
            Some(kind) => Err(Error::RecvFailed(Cause::from(*kind))),
            None => Ok(0),
        }
    }
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

/// The half of a connection that receives.
pub struct Stream {
    half: OwnedReadHalf,
    link: Arc<Link>,
    /// What was put back, the next byte last.
    unread: Vec<u8>,
}

impl Stream {
    fn take_unread(&mut self, buf: &mut [u8]) -> usize {
        let taken = buf.len().min(self.unread.len());
        let left = self.unread.len() - taken;
        let bytes = self.unread.drain(left..).rev();
        buf.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        taken
    }
}

impl runtime_traits::Stream for Stream {
    fn poll_recv(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        self.link.run.check()?;
        if !self.unread.is_empty() {
            return Poll::Ready(Ok(self.take_unread(buf)));
        }
        let mut buf = ReadBuf::new(buf);
        match ready!(Pin::new(&mut self.half).poll_read(cx, &mut buf)) {
            Ok(()) if buf.filled().is_empty() => Poll::Ready(self.link.end()),
            Ok(()) => Poll::Ready(Ok(buf.filled().len())),
            Err(error) => {
                let kind = self.link.broken.get().copied();
                self.link.note(&error);
                let cause = kind.map_or_else(|| error.into(), Cause::from);
                Poll::Ready(Err(self.link.run.failure(Error::RecvFailed(cause))))
            }
        }
    }

    fn unread(&mut self, bytes: &[u8]) {
        self.unread.extend(bytes.iter().rev());
    }

    fn peer_addr(&self) -> Option<SocketAddr> {
        Some(self.link.peer)
    }

    fn local_addr(&self) -> Option<SocketAddr> {
        Some(self.link.local)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("peer", &self.link.peer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
