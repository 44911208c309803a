//! Messages over UDP.

use super::socket;
use crate::{
    metrics::{Bytes, Meter, Operation, Stopwatch},
    run::Run,
};
use runtime_traits::Error;
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::{io::ReadBuf, net::UdpSocket};

/// A bound UDP socket, with the system's buffers.
#[derive(Debug)]
pub struct Datagram {
    socket: UdpSocket,
    local: SocketAddr,
    run: Arc<Run>,
    meter: Arc<Meter>,
    sending: Mutex<Stopwatch>,
    receiving: Mutex<Stopwatch>,
}

impl Datagram {
    pub(super) fn bind(run: &Arc<Run>, address: SocketAddr) -> io::Result<Self> {
        let socket = socket::datagrams(run, address)?;
        let local = socket.local_addr()?;
        Ok(Self {
            socket,
            local,
            run: run.clone(),
            meter: run.meters.here(),
            sending: Mutex::default(),
            receiving: Mutex::default(),
        })
    }

    /// Counts what is ready, and how long it had waited.
    fn note<T>(
        &self,
        operation: Operation,
        waits: &Mutex<Stopwatch>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let mut waits = waits.lock().unwrap_or_else(PoisonError::into_inner);
        match &poll {
            Poll::Ready(result) => self.meter.note(operation, waits.stop(), result),
            Poll::Pending => waits.start(),
        }
        poll
    }
}

impl runtime_traits::Datagram for Datagram {
    fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
        to: SocketAddr,
    ) -> Poll<Result<(), Error>> {
        self.run.check()?;
        let sent = self.socket.poll_send_to(cx, buf, to);
        Poll::Ready(
            match ready!(self.note(Operation::SendTo, &self.sending, sent)) {
                Ok(len) => {
                    self.meter.add(Bytes::Sent, len);
                    Ok(())
                }
                Err(error) => Err(self.run.failure(Error::SendFailed(named(error).into()))),
            },
        )
    }

    fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        self.run.check()?;
        let mut buf = ReadBuf::new(buf);
        let received = self.socket.poll_recv_from(cx, &mut buf);
        let received = self.note(Operation::RecvFrom, &self.receiving, received);
        Poll::Ready(match ready!(received) {
            Ok(from) => {
                self.meter.add(Bytes::Received, buf.filled().len());
                Ok((buf.filled().len(), from))
            }
            Err(error) => Err(self.run.failure(Error::RecvFailed(error.into()))),
        })
    }

    fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

/// Std has no kind for a datagram that is too long, and no program could tell it from others.
fn named(error: io::Error) -> io::Error {
    match socket::is_too_long(&error) {
        true => io::Error::new(io::ErrorKind::InvalidInput, error),
        false => error,
    }
}
