//! Sockets of the operating system.

mod ahead;
mod datagram;
mod link;
mod listener;
mod names;
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
use runtime_traits::{Cause, Clock, Datagrams, Error, Network, SocketConfig};
use std::{io, net::SocketAddr, sync::Arc, time::Instant};

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
