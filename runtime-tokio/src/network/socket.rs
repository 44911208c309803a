//! Making sockets as asked: options first, then bind, listen or connect.

use crate::run::Run;
use runtime_traits::{Keepalive, SocketConfig};
use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use std::{io, net::SocketAddr};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Connections that wait to be accepted; the system may allow fewer.
const BACKLOG: i32 = 1024;

pub(super) fn listen(run: &Run, address: SocketAddr) -> io::Result<TcpListener> {
    let socket = tcp(address)?;
    // A server that restarts binds although old connections linger. On Windows it would let
    // another process take the address over.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let _guard = run.enter();
    TcpListener::from_std(socket.into())
}

pub(super) fn datagrams(run: &Run, address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    let _guard = run.enter();
    UdpSocket::from_std(socket.into())
}

pub(super) async fn connect(
    run: &Run,
    peer: SocketAddr,
    config: &SocketConfig,
) -> io::Result<TcpStream> {
    let stream = begin(run, peer, config)?;
    stream.writable().await?;
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    // A free port of this host may be given to the very socket that dials it.
    if stream.peer_addr().ok() == Some(stream.local_addr()?) {
        let text = "nobody listens there: the socket was connected to itself";
        return Err(io::Error::new(io::ErrorKind::ConnectionRefused, text));
    }
    Ok(stream)
}

fn begin(run: &Run, peer: SocketAddr, config: &SocketConfig) -> io::Result<TcpStream> {
    let socket = tcp(peer)?;
    configure(&socket, config)?;
    if let Some(local) = config.local {
        socket.bind(&SocketAddr::new(local, 0).into())?;
    }
    match socket.connect(&peer.into()) {
        Err(error) if !is_under_way(&error) => return Err(error),
        _ => {}
    }
    let _guard = run.enter();
    TcpStream::from_std(socket.into())
}

fn tcp(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn configure(socket: &Socket, config: &SocketConfig) -> io::Result<()> {
    socket.set_tcp_nodelay(config.nodelay)?;
    if let Some(keepalive) = &config.keepalive {
        socket.set_tcp_keepalive(&probes(keepalive))?;
    }
    if let Some(linger) = config.linger {
        socket.set_linger(Some(linger))?;
    }
    if let Some(bytes) = config.send_buffer {
        socket.set_send_buffer_size(bytes)?;
    }
    if let Some(bytes) = config.recv_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    Ok(())
}

fn probes(keepalive: &Keepalive) -> TcpKeepalive {
    let mut probes = TcpKeepalive::new().with_time(keepalive.idle);
    if let Some(interval) = keepalive.interval {
        probes = probes.with_interval(interval);
    }
    if let Some(retries) = keepalive.retries {
        probes = probes.with_retries(retries);
    }
    probes
}

#[cfg(unix)]
fn is_under_way(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error())
}

#[cfg(not(unix))]
fn is_under_way(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

/// A datagram does not fit into a packet.
#[cfg(unix)]
pub(super) fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::MSGSIZE.raw_os_error())
}

/// A datagram does not fit into a packet: `WSAEMSGSIZE`.
#[cfg(not(unix))]
pub(super) fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(10_040)
}
