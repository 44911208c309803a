//! Receiving, and putting back.

use super::{ahead::Ahead, link::Link};
use crate::metrics::{Bytes, Operation, Stopwatch};
use runtime_traits::{Cause, Error};
use std::{
    fmt,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::net::tcp::OwnedReadHalf;

/// The half of a connection that receives. On Linux a read of less than 4 KiB takes up to 512 bytes more
/// out of the system, which the next ones return.
pub struct Stream {
    half: OwnedReadHalf,
    link: Arc<Link>,
    /// What was put back, the next byte last.
    unread: Vec<u8>,
    /// What comes after that.
    ahead: Ahead,
    waits: Stopwatch,
}

impl Stream {
    pub(super) fn new(half: OwnedReadHalf, link: Arc<Link>) -> Self {
        Self {
            half,
            link,
            unread: Vec::new(),
            ahead: Ahead::default(),
            waits: Stopwatch::default(),
        }
    }

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
        let meter = &self.link.meter;
        if !self.ahead.is_empty() {
            let ahead = self.ahead.take(buf);
            meter.note_at_once(Operation::Recv, Bytes::Received, ahead);
            return Poll::Ready(Ok(ahead));
        }
        let Poll::Ready(received) = self.ahead.poll_read(cx, &mut self.half, buf) else {
            self.waits.start();
            return Poll::Pending;
        };
        let waited = self.waits.stop();
        match received {
            Ok(len) => {
                meter.note_bytes(Operation::Recv, waited, Bytes::Received, len);
                Poll::Ready(match len {
                    0 => self.link.end(),
                    _ => Ok(len),
                })
            }
            Err(error) => {
                meter.note(Operation::Recv, waited, &Err::<(), _>(&error));
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
