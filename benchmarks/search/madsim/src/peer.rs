//! What madsim has of what the store needs.

use crate::cluster::{Lives, SERVERS, live, name};
use madsim::{
    fs,
    net::NetSim,
    runtime::{Handle, NodeHandle},
    time::TimeHandle,
};
pub(crate) use madsim::{
    net::{TcpListener, TcpStream, UdpSocket},
    time::{Sleep, sleep},
};
use runtime_io::{Duplex, Tokio};
use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    task::{Context, Poll, ready},
    time::Duration,
};

/// As ours are by default.
const LATENCY: std::ops::Range<Duration> = Duration::from_micros(100)..Duration::from_millis(1);

pub(crate) fn elapsed() -> Duration {
    TimeHandle::current().elapsed()
}

pub(crate) fn draw() -> u64 {
    madsim::rand::random()
}

pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(madsim::task::spawn(task));
}

/// Of `server-1` and so on.
pub(crate) fn resolve(name: &str) -> IpAddr {
    let number = name
        .rsplit('-')
        .next()
        .and_then(|number| number.parse().ok());
    Ipv4Addr::new(10, 0, 0, number.expect("a name ends with a number")).into()
}

/// What a server binds.
pub(crate) fn local(address: SocketAddr) -> SocketAddr {
    address
}

/// A stream that sends what is written: madsim's waits for a flush.
pub struct Socket(Tokio<TcpStream>);

pub(crate) fn socket(stream: TcpStream) -> Socket {
    Socket(Tokio(stream))
}

impl Duplex for Socket {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize>> {
        self.0.poll_read(cx, buf)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<Result<usize>> {
        let written = ready!(self.0.poll_write(cx, bufs))?;
        ready!(self.0.poll_flush(cx))?;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_flush(cx)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_shutdown(cx)
    }
}

pub(crate) async fn send_to(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) -> Result<()> {
    socket.send_to(to, bytes).await
}

/// A file. What is written is durable at once, also when it is not synced.
pub(crate) struct File(fs::File);

impl File {
    /// No call opens a file to be written and keeps what is in it: it is written again.
    pub(crate) async fn open(path: &str) -> Result<Self> {
        let bytes = match fs::read(path).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let file = fs::File::create(path).await?;
        file.write_all_at(&bytes, 0).await?;
        Ok(Self(file))
    }

    pub(crate) async fn len(&self) -> Result<u64> {
        Ok(self.0.metadata().await?.len())
    }

    pub(crate) async fn read_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        if offset + buf.len() as u64 > self.len().await? {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        self.0.read_at(buf, offset).await.map(drop)
    }

    pub(crate) async fn write_at(&self, buf: &[u8], offset: u64) -> Result<()> {
        // Its own write begins no further than at the end.
        if self.len().await? < offset {
            self.0.set_len(offset).await?;
        }
        self.0.write_all_at(buf, offset).await
    }

    pub(crate) async fn truncate(&self, length: u64) -> Result<()> {
        self.0.set_len(length).await
    }

    pub(crate) async fn sync(&self) -> Result<()> {
        self.0.sync_all().await
    }
}

/// The servers' nodes.
pub(crate) struct World {
    handle: Handle,
    nodes: Vec<NodeHandle>,
    lives: Lives,
}

impl World {
    pub(crate) fn start() -> Self {
        NetSim::current().update_config(|config| config.send_latency = LATENCY);
        let (handle, lives) = (Handle::current(), Lives::new());
        let node = |id| {
            let lives = lives.clone();
            let node = handle.create_node().name(name(id)).ip(resolve(&name(id)));
            node.init(move || live(lives.clone(), id)).build()
        };
        let nodes = (1..=SERVERS).map(node).collect();
        Self {
            handle,
            nodes,
            lives,
        }
    }

    pub(crate) fn lives(&self) -> Lives {
        self.lives.clone()
    }

    /// Its disks take no time, and cannot be told to.
    pub(crate) fn slow_down(&self, _: u16) {}

    pub(crate) fn crash(&self, id: u16) {
        self.handle.kill(self.node(id).id());
    }

    pub(crate) fn restart(&self, id: u16) {
        self.handle.restart(self.node(id).id());
    }

    pub(crate) fn part(&self, one: u16, other: u16) {
        let (one, other) = (self.node(one).id(), self.node(other).id());
        NetSim::current().clog_link(one, other);
        NetSim::current().clog_link(other, one);
    }

    pub(crate) fn mend(&self, one: u16, other: u16) {
        let (one, other) = (self.node(one).id(), self.node(other).id());
        NetSim::current().unclog_link(one, other);
        NetSim::current().unclog_link(other, one);
    }

    fn node(&self, id: u16) -> &NodeHandle {
        &self.nodes[usize::from(id) - 1]
    }
}
