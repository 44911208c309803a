//! Connections and names.

use crate::{Error, Listener, Sink, SocketConfig, Stream};
use std::net::{IpAddr, SocketAddr};

/// Makes and takes reliable, ordered connections: TCP, or what a simulator has in its place.
///
/// A connection is two halves that may be moved to two tasks. It ends when both are dropped, closed or
/// broken. Nothing of it outlives the run: see
/// [what becomes of a context](crate#before-during-and-after-a-run).
pub trait Network: Clone + Send + Sync + 'static {
    /// What [`bind`](Self::bind) returns.
    type Listener: Listener<Sink = Self::Sink, Stream = Self::Stream> + Send + Sync + 'static;
    /// The half of a connection that sends.
    type Sink: Sink + Send + Sync + 'static;
    /// The half of a connection that receives.
    type Stream: Stream + Send + Sync + 'static;

    /// Listens on `socket`. Port 0 takes a free one, which [`Listener::local_addr`] tells. The
    /// address is free again once the listener is dropped, whatever becomes of its connections. An
    /// unspecified address, as `0.0.0.0`, is every address of this host.
    ///
    /// # Errors
    /// [`Error::BindFailed`], of kind [`AddrInUse`](std::io::ErrorKind::AddrInUse) when the address is
    /// taken, of kind [`AddrNotAvailable`](std::io::ErrorKind::AddrNotAvailable) when it is not this
    /// host's; [`Error::Closed`] after the runtime's end.
    fn bind(
        &self,
        socket: SocketAddr,
    ) -> impl Future<Output = Result<Self::Listener, Error>> + Send;

    /// Connects to `socket` with the default [`SocketConfig`]: it waits as long as the system does,
    /// two minutes and more where nothing answers. See [`dial_with`](Self::dial_with).
    ///
    /// ```
    /// use runtime_traits::{Clock, Network};
    /// use std::{net::SocketAddr, time::Duration};
    ///
    /// /// Tries until somebody listens, a second at most at a time, with a pause in between.
    /// async fn reach<C: Network + Clock>(context: C, peer: SocketAddr) -> (C::Sink, C::Stream) {
    ///     loop {
    ///         let dial = context.dial(peer);
    ///         if let Ok(Ok(halves)) = context.timeout(Duration::from_secs(1), dial).await {
    ///             return halves;
    ///         }
    ///         context.sleep(Duration::from_millis(100)).await;
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`dial_with`](Self::dial_with), but for [`Error::Timeout`].
    fn dial(
        &self,
        socket: SocketAddr,
    ) -> impl Future<Output = Result<(Self::Sink, Self::Stream), Error>> + Send {
        async move { self.dial_with(socket, &SocketConfig::default()).await }
    }

    /// Connects to `socket`. `Ok` says that the peer's system answered, not that the peer has accepted,
    /// or ever will.
    ///
    /// Dropping the future gives the attempt up; the peer may have seen it, as a connection that ends
    /// at once.
    ///
    /// # Errors
    /// [`Error::ConnectionFailed`] when nothing answers there or the configuration cannot be applied:
    /// of kind [`ConnectionRefused`](std::io::ErrorKind::ConnectionRefused) when nobody listens there,
    /// of kind [`TimedOut`](std::io::ErrorKind::TimedOut) when the system has given up.
    /// [`Error::Timeout`] when [`SocketConfig::connect_limit`] passes first. [`Error::Closed`] after
    /// the runtime's end.
    fn dial_with(
        &self,
        socket: SocketAddr,
        config: &SocketConfig,
    ) -> impl Future<Output = Result<(Self::Sink, Self::Stream), Error>> + Send;
}

/// Finds the addresses behind a name.
pub trait Resolver: Clone + Send + Sync + 'static {
    /// The addresses of `host`, a name or an address in text, in the order in which they are best
    /// tried: at least one. A port is no part of it. `localhost` is this host.
    ///
    /// Nothing is remembered between two calls, beyond what the system itself does. In production the
    /// system's own limits apply to a name server that does not answer; put the call into
    /// [`Clock::timeout`](crate::Clock::timeout) for another. Dropping the future gives up the answer.
    ///
    /// # Errors
    /// [`Error::ResolveFailed`] when the name is unknown or has no address, [`Error::Closed`] after the
    /// runtime's end.
    fn resolve(&self, host: &str) -> impl Future<Output = Result<Vec<IpAddr>, Error>> + Send;
}
