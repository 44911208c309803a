//! The contract's connections and datagrams over a peer's sockets.

use crate::{
    context::Context,
    peer::{self, Socket},
};
use peer::{TcpListener, TcpStream, UdpSocket};
use runtime_traits::{Datagrams, Error, Network, SocketConfig};
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{self, Poll, ready},
};

/// A datagram and who sent it.
type Sent = (Vec<u8>, SocketAddr);
type Later<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

pub struct Listener {
    listener: Arc<TcpListener>,
    accepts: Mutex<Option<Later<(TcpStream, SocketAddr)>>>,
    address: SocketAddr,
}

impl runtime_traits::Listener for Listener {
    type Sink = runtime_io::Sink<Socket>;
    type Stream = runtime_io::Stream<Socket>;

    fn poll_accept(
        &mut self,
        cx: &mut task::Context<'_>,
    ) -> Poll<Result<(SocketAddr, Self::Sink, Self::Stream), Error>> {
        let accepts = self
            .accepts
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let accept = accepts.get_or_insert_with(|| {
            let listener = self.listener.clone();
            Box::pin(async move { listener.accept().await })
        });
        let accepted = ready!(accept.as_mut().poll(cx));
        *accepts = None;
        let address = self.address;
        let (stream, from) = accepted.map_err(|error| Error::BindFailed(address, error.into()))?;
        let (sink, stream) = runtime_io::split(peer::socket(stream));
        Poll::Ready(Ok((from, sink, stream)))
    }

    fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl Network for Context {
    type Listener = Listener;
    type Sink = runtime_io::Sink<Socket>;
    type Stream = runtime_io::Stream<Socket>;

    async fn bind(&self, socket: SocketAddr) -> Result<Listener, Error> {
        let bound = TcpListener::bind(peer::local(socket)).await;
        let listener = bound.map_err(|error| Error::BindFailed(socket, error.into()))?;
        Ok(Listener {
            listener: Arc::new(listener),
            accepts: Mutex::new(None),
            address: socket,
        })
    }

    async fn dial_with(
        &self,
        socket: SocketAddr,
        _: &SocketConfig,
    ) -> Result<(Self::Sink, Self::Stream), Error> {
        let stream = TcpStream::connect(socket).await;
        let stream = stream.map_err(|error| Error::ConnectionFailed(socket, error.into()))?;
        Ok(runtime_io::split(peer::socket(stream)))
    }
}

/// The longest datagram that is received whole.
const LONGEST: usize = 2048;

pub struct Datagram {
    socket: Arc<UdpSocket>,
    sends: Mutex<Option<Later<()>>>,
    receives: Mutex<Option<Later<Sent>>>,
    address: SocketAddr,
}

impl runtime_traits::Datagram for Datagram {
    fn poll_send_to(
        &self,
        cx: &mut task::Context<'_>,
        buf: &[u8],
        to: SocketAddr,
    ) -> Poll<Result<(), Error>> {
        let mut sends = self.sends.lock().unwrap_or_else(PoisonError::into_inner);
        let send = sends.get_or_insert_with(|| {
            let (socket, bytes) = (self.socket.clone(), buf.to_vec());
            Box::pin(async move { peer::send_to(&socket, &bytes, to).await })
        });
        let sent = ready!(send.as_mut().poll(cx));
        *sends = None;
        Poll::Ready(sent.map_err(|error| Error::SendFailed(error.into())))
    }

    fn poll_recv_from(
        &self,
        cx: &mut task::Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        let mut receives = self.receives.lock().unwrap_or_else(PoisonError::into_inner);
        let receive = receives.get_or_insert_with(|| {
            let socket = self.socket.clone();
            Box::pin(async move {
                let mut bytes = vec![0; LONGEST];
                let (length, from) = socket.recv_from(&mut bytes).await?;
                bytes.truncate(length);
                Ok((bytes, from))
            })
        });
        let received = ready!(receive.as_mut().poll(cx));
        *receives = None;
        let (bytes, from) = received.map_err(|error| Error::RecvFailed(error.into()))?;
        let length = bytes.len().min(buf.len());
        buf[..length].copy_from_slice(&bytes[..length]);
        Poll::Ready(Ok((length, from)))
    }

    fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl Datagrams for Context {
    type Datagram = Datagram;

    async fn bind_datagram(&self, socket: SocketAddr) -> Result<Datagram, Error> {
        let bound = UdpSocket::bind(peer::local(socket)).await;
        let bound = bound.map_err(|error| Error::BindFailed(socket, error.into()))?;
        Ok(Datagram {
            socket: Arc::new(bound),
            sends: Mutex::new(None),
            receives: Mutex::new(None),
            address: socket,
        })
    }
}

/// What a peer has no call for.
pub(crate) fn unsupported(what: &str) -> io::Error {
    io::Error::new(ErrorKind::Unsupported, format!("{what} is not simulated"))
}
