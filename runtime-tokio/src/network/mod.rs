//! Sockets of the operating system.

mod ahead;
mod datagram;
mod link;
mod listener;
mod sink;
mod socket;
mod stream;

pub use datagram::Datagram;
pub use listener::Listener;
pub use sink::Sink;
pub use stream::Stream;

use crate::{
    Context,
    metrics::{Meter, Operation},
};
use runtime_traits::{Cause, Clock, Datagrams, Error, Network, Resolver, SocketConfig};
use std::{
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Instant,
};

impl Network for Context {
    type Listener = Listener;
    type Sink = Sink;
    type Stream = Stream;

    async fn bind(&self, socket: SocketAddr) -> Result<Listener, Error> {
        let run = self.run();
        run.check()?;
        Listener::bind(run, socket)
            .map_err(|error| run.failure(Error::BindFailed(socket, error.into())))
    }

    async fn dial_with(
        &self,
        socket: SocketAddr,
        config: &SocketConfig,
    ) -> Result<(Sink, Stream), Error> {
        self.run().check()?;
        let (meter, began) = (self.run().meters.here(), Instant::now());
        let connecting = self.connect(socket, config, &meter);
        let connected = match config.connect_limit {
            Some(limit) => self.timeout(limit, connecting).await.flatten(),
            None => connecting.await,
        };
        meter.note(Operation::Dial, began.elapsed(), &connected);
        connected
    }
}

impl Context {
    async fn connect(
        &self,
        socket: SocketAddr,
        config: &SocketConfig,
        meter: &Arc<Meter>,
    ) -> Result<(Sink, Stream), Error> {
        let run = self.run();
        let failed =
            |error: io::Error| run.failure(Error::ConnectionFailed(socket, Cause::from(error)));
        let connection = socket::connect(run, socket, config).await.map_err(failed)?;
        link::split(run, meter.clone(), connection, socket).map_err(failed)
    }
}

impl Datagrams for Context {
    type Datagram = Datagram;

    async fn bind_datagram(&self, socket: SocketAddr) -> Result<Datagram, Error> {
        let run = self.run();
        run.check()?;
        Datagram::bind(run, socket)
            .map_err(|error| run.failure(Error::BindFailed(socket, error.into())))
    }
}

impl Resolver for Context {
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, Error> {
        self.run().check()?;
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let (meter, began) = (self.run().meters.here(), Instant::now());
        let name = host.to_owned();
        let look_up = move || Ok(addresses(&name));
        let found = self.run().job("resolve a name".into(), look_up).await?;
        meter.note(Operation::Resolve, began.elapsed(), &found);
        found.map_err(|error| Error::ResolveFailed(host.into(), error.into()))
    }
}

/// In the system's order, each once.
fn addresses(host: &str) -> io::Result<Vec<IpAddr>> {
    let mut found = Vec::new();
    for socket in (host, 0).to_socket_addrs()? {
        if !found.contains(&socket.ip()) {
            found.push(socket.ip());
        }
    }
    match found.is_empty() {
        true => Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        )),
        false => Ok(found),
    }
}
