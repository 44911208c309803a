//! Connections and names.

use crate::{Error, Listener, Sink, SocketConfig, Stream};
use std::net::{IpAddr, SocketAddr};

/// Makes and takes reliable, ordered connections.
pub trait Network: Clone + Send + Sync + 'static {
    /// What [`bind`](Self::bind) returns.
    type Listener: Listener<Sink = Self::Sink, Stream = Self::Stream> + Send + Sync + 'static;
    /// The half of a connection that sends.
    type Sink: Sink + Send + Sync + 'static;
    /// The half of a connection that receives.
    type Stream: Stream + Send + Sync + 'static;

    /// Listens on `socket`. Port 0 takes a free one, which [`Listener::local_addr`] tells. The
    /// address is free again once the listener is dropped.
    ///
    /// # Errors
    /// [`Error::BindFailed`] when the address is taken or not this host's, [`Error::Closed`] after
    /// the runtime's end.
    fn bind(
        &self,
        socket: SocketAddr,
    ) -> impl Future<Output = Result<Self::Listener, Error>> + Send;

    /// Connects to `socket` with the default [`SocketConfig`]. See [`dial_with`](Self::dial_with).
    fn dial(
        &self,
        socket: SocketAddr,
    ) -> impl Future<Output = Result<(Self::Sink, Self::Stream), Error>> + Send {
        async move { self.dial_with(socket, &SocketConfig::default()).await }
    }

    /// Connects to `socket`. Dropping the future gives the attempt up.
    ///
    /// # Errors
    /// [`Error::ConnectionFailed`] when nothing answers there or the configuration cannot be
    /// applied, [`Error::Timeout`] when [`SocketConfig::connect_limit`] passes first,
    /// [`Error::Closed`] after the runtime's end.
    fn dial_with(
        &self,
        socket: SocketAddr,
        config: &SocketConfig,
    ) -> impl Future<Output = Result<(Self::Sink, Self::Stream), Error>> + Send;
}

/// Finds the addresses behind a name.
pub trait Resolver: Clone + Send + Sync + 'static {
    /// The addresses of `host`, a name or an address in text, in the order in which they are best
    /// tried.
    ///
    /// # Errors
    /// [`Error::ResolveFailed`] when the name is unknown, [`Error::Closed`] after the runtime's end.
    fn resolve(&self, host: &str) -> impl Future<Output = Result<Vec<IpAddr>, Error>> + Send;
}
