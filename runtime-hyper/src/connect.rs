//! From a target to a connection.

use crate::{
    Io, Target,
    race::{interleave, race},
};
use http::Uri;
use hyper::rt;
use runtime_io::error::into_io;
use runtime_traits::{Error, Resolver, Runtime};
use std::{
    error, fmt,
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    pin::Pin,
};

/// Makes the connections of a [`Client`](crate::Client). A [`Connector`] does; one's own may wrap it
/// in TLS.
pub trait Connect: Clone + Send + Sync + 'static {
    /// A connection.
    type Io: rt::Read + rt::Write + Unpin + Send + 'static;

    /// A connection to the scheme, host and port of this URI, whose path is `/`. A client drops the
    /// call when it needs none any more.
    ///
    /// # Errors
    /// Whatever keeps it from being made. The client's error has it as its source.
    fn connect(&self, uri: &Uri) -> impl Future<Output = io::Result<Self::Io>> + Send;
}

/// Resolves names and dials, on a runtime. It is asked for URIs by a [`Client`](crate::Client), and by
/// [`connect`](Self::connect) for a [`Target`] of one's own.
#[derive(Clone, Debug)]
pub struct Connector<R> {
    runtime: R,
}

impl<R: Runtime> Connector<R> {
    /// On this runtime.
    pub fn new(runtime: R) -> Self {
        Self { runtime }
    }

    /// A connection to the first of the target's addresses that answers. They are tried in order, of a
    /// resolved host with the families in turn, each 250 ms after the one before or as soon as one has
    /// failed (RFC 8305, sections 4, 5 and 8). Dropping the call drops all attempts.
    ///
    /// # Errors
    /// [`Error::ResolveFailed`] when the host has no address; the last failure of an attempt,
    /// [`Error::ConnectionFailed`], or [`Error::Timeout`] by the target's `connect_limit`, which is
    /// each attempt's; [`Error::Closed`] after the runtime's end.
    pub async fn connect(&self, target: &Target) -> Result<Io<R::Sink, R::Stream>, Error> {
        let addrs = addresses(&self.runtime, target).await?;
        let attempts = addrs.into_iter().map(|addr| self.attempt(target, addr));
        let connected = race(&self.runtime, attempts).await;
        let nowhere = || {
            let cause = io::Error::new(ErrorKind::NotFound, "the name has no address");
            Err(Error::ResolveFailed(target.host.clone(), cause.into()))
        };
        let (sink, stream) = connected.unwrap_or_else(nowhere)?;
        Ok(Io::new(sink, stream))
    }

    fn attempt(&self, target: &Target, addr: IpAddr) -> Attempt<R> {
        let (runtime, socket) = (self.runtime.clone(), target.socket.clone());
        let addr = SocketAddr::new(addr, target.port);
        Box::pin(async move { runtime.dial_with(addr, &socket).await })
    }
}

/// What is tried, in this order.
async fn addresses(resolver: &impl Resolver, target: &Target) -> Result<Vec<IpAddr>, Error> {
    match target.addrs.is_empty() {
        true => Ok(interleave(resolver.resolve(&target.host).await?)),
        false => Ok(target.addrs.clone()),
    }
}

type Attempt<R> = Pin<Box<dyn Future<Output = Result<Halves<R>, Error>> + Send>>;
type Halves<R> = (
    <R as runtime_traits::Network>::Sink,
    <R as runtime_traits::Network>::Stream,
);

impl<R: Runtime> Connect for Connector<R> {
    type Io = Io<R::Sink, R::Stream>;

    async fn connect(&self, uri: &Uri) -> io::Result<Self::Io> {
        let target = Target::from_uri(uri);
        let target = target.map_err(|error| io::Error::new(ErrorKind::InvalidInput, error))?;
        Self::connect(self, &target).await.map_err(into_io)
    }
}

/// A URI that no plain connection can be made to.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotATarget {
    /// Its scheme is not `http`.
    Scheme(Uri),
    /// It names no host.
    Host(Uri),
}

impl fmt::Display for NotATarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme(uri) => write!(
                f,
                "{uri}: only http URIs are connected to; for https give the client a connector \
                 that wraps this one in TLS"
            ),
            Self::Host(uri) => write!(f, "{uri} names no host: write http://HOST/PATH"),
        }
    }
}

impl error::Error for NotATarget {}

#[cfg(test)]
mod tests;
