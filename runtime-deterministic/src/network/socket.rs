//! What a program holds of the network: a listener, a sink, a stream.

use super::{options, pipe_of, transfer::Failing};
use crate::{Context, kernel::Kernel, seat::Seat};
use runtime_traits::{Clock, Error, SocketConfig};
use std::{
    collections::VecDeque,
    convert::identity,
    fmt,
    io::IoSlice,
    net::SocketAddr,
    task::{self, Poll, ready},
};

impl runtime_traits::Network for Context {
    type Listener = Listener;
    type Sink = Sink;
    type Stream = Stream;

    async fn bind(&self, socket: SocketAddr) -> Result<Listener, Error> {
        match self.is_elsewhere() {
            true => {
                self.travel(async move |context: Self| context.listen(socket))
                    .await
            }
            false => self.listen(socket),
        }
    }

    async fn dial_with(
        &self,
        socket: SocketAddr,
        config: &SocketConfig,
    ) -> Result<(Sink, Stream), Error> {
        if self.is_elsewhere() {
            let config = config.clone();
            let dial = async move |context: Self| context.try_dial(socket, &config).await;
            return self.travel(dial).await;
        }
        let dialled = self.try_dial(socket, config).await;
        self.seat().noted(dialled)
    }
}

impl Context {
    fn listen(&self, socket: SocketAddr) -> Result<Listener, Error> {
        let seat = self.seat();
        let (number, local) = seat
            .with(|kernel| {
                let number = kernel.bind(self.host, socket)?;
                Ok((
                    number,
                    kernel.switch.fabric.local_addr(number).unwrap_or(socket),
                ))
            })
            .flatten()?;
        Ok(Listener {
            seat,
            number,
            local,
        })
    }

    async fn try_dial(
        &self,
        socket: SocketAddr,
        config: &SocketConfig,
    ) -> Result<(Sink, Stream), Error> {
        self.with(|_| ())?;
        let local = options::local(config, socket, self.addr())
            .map_err(|error| Error::ConnectionFailed(socket, error.into()))?;
        let dialled = self.connect(socket, local, config);
        match config.connect_limit {
            Some(limit) => self.timeout(limit, dialled).await?,
            None => dialled.await,
        }
    }
}

impl Seat {
    /// Both halves of one end of a connection.
    pub(super) fn halves(self, number: u32, end: usize) -> Result<(Sink, Stream), Error> {
        let sockets = self
            .with(|kernel| kernel.sockets_of(number))?
            .ok_or(Error::Closed)?;
        let half = || Half {
            seat: self,
            number,
            end,
        };
        let sink = Sink {
            half: half(),
            state: Open::Yes,
        };
        let stream = Stream {
            half: half(),
            sockets: (sockets[end], sockets[1 - end]),
            unread: VecDeque::new(),
        };
        Ok((sink, stream))
    }
}

/// A simulated listener. It holds 1,024 connections that nobody has accepted; a dial beyond that tries
/// again as TCP does, after 1 s, 2 s, 4 s and so on.
pub struct Listener {
    seat: Seat,
    number: u32,
    local: SocketAddr,
}

impl runtime_traits::Listener for Listener {
    type Sink = Sink;
    type Stream = Stream;

    fn poll_accept(
        &mut self,
        cx: &mut task::Context<'_>,
    ) -> Poll<Result<(SocketAddr, Sink, Stream), Error>> {
        let poll = |kernel: &mut Kernel| kernel.poll_accept(self.number, cx);
        self.seat.poll(poll, identity).map(|number| {
            let (sink, stream) = self.seat.halves(number?, 1)?;
            Ok((stream.sockets.1, sink, stream))
        })
    }

    fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let number = self.number;
        self.seat.eventually(move |kernel| kernel.unbind(number));
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("local_addr", &self.local)
            .finish_non_exhaustive()
    }
}

/// One half of one end of a connection.
struct Half {
    seat: Seat,
    number: u32,
    end: usize,
}

impl Half {
    /// The pipe that this end writes.
    fn out(&self) -> u32 {
        pipe_of(self.number, self.end)
    }

    /// The pipe that this end reads.
    fn back(&self) -> u32 {
        pipe_of(self.number, 1 - self.end)
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        let (number, end) = (self.number, self.end);
        self.seat
            .eventually(move |kernel| kernel.release(number, end, 1));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Yes,
    Closed,
    Poisoned,
}

/// The sending half of a simulated connection. One send in eight takes only a part of its bytes.
pub struct Sink {
    half: Half,
    state: Open,
}

impl runtime_traits::Sink for Sink {
    fn poll_send(
        &mut self,
        cx: &mut task::Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        if self.state != Open::Yes {
            return Poll::Ready(Err(Error::Closed));
        }
        let pipe = self.half.out();
        let seat = self.half.seat;
        seat.poll(|kernel| kernel.poll_send(pipe, cx, bufs), Failing::to_send)
    }

    fn poll_flush(&mut self, _cx: &mut task::Context<'_>) -> Poll<Result<(), Error>> {
        // What was taken is on its way.
        Poll::Ready(match self.state {
            Open::Yes => self.half.seat.with(|_| ()),
            Open::Closed | Open::Poisoned => Err(Error::Closed),
        })
    }

    fn poll_close(&mut self, _cx: &mut task::Context<'_>) -> Poll<Result<(), Error>> {
        let (pipe, seat) = (self.half.out(), self.half.seat);
        let closed = match self.state {
            Open::Poisoned => Err(Error::Closed),
            Open::Closed => seat.with(|_| ()),
            Open::Yes => ready!(seat.poll(|kernel| kernel.poll_close(pipe), Failing::to_send)),
        };
        if closed.is_ok() {
            self.state = Open::Closed;
        }
        Poll::Ready(closed)
    }

    fn poison(&mut self) {
        if self.state != Open::Poisoned {
            self.state = Open::Poisoned;
            let (number, end) = (self.half.number, self.half.end);
            self.half
                .seat
                .eventually(move |kernel| kernel.reset(number, end));
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if self.state == Open::Yes {
            let pipe = self.half.out();
            self.half.seat.eventually(move |kernel| kernel.close(pipe));
        }
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The receiving half of a simulated connection. Where both halves of its end are dropped with bytes
/// unread, the connection is reset.
pub struct Stream {
    half: Half,
    /// This end's address and the other's.
    sockets: (SocketAddr, SocketAddr),
    unread: VecDeque<u8>,
}

impl runtime_traits::Stream for Stream {
    fn poll_recv(
        &mut self,
        cx: &mut task::Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if !self.unread.is_empty() {
            return Poll::Ready(Ok(std::io::Read::read(&mut self.unread, buf).unwrap_or(0)));
        }
        let pipe = self.half.back();
        let seat = self.half.seat;
        seat.poll(
            |kernel| kernel.poll_recv(pipe, cx, buf),
            Failing::to_receive,
        )
    }

    fn unread(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .rev()
            .for_each(|byte| self.unread.push_front(*byte));
    }

    fn peer_addr(&self) -> Option<SocketAddr> {
        Some(self.sockets.1)
    }

    fn local_addr(&self) -> Option<SocketAddr> {
        Some(self.sockets.0)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("peer_addr", &self.sockets.1)
            .finish_non_exhaustive()
    }
}
