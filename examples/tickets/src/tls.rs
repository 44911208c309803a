//! TLS by [rustls](https://docs.rs/rustls) over `runtime-io`, for a server and for a client. It knows no
//! provider of cryptography: who makes the configuration chooses one.
//!
//! Give the configuration [`Time`], too, so that certificates expire by the runtime's clock.

use futures::stream::{FuturesUnordered, StreamExt};
use http::Uri;
use runtime_hyper::{Client, Connect, Target};
use runtime_io::{Io, Tokio, error::into_io, split};
use runtime_traits::{Clock, Error, Runtime};
use rustls::{
    ClientConfig, ServerConfig,
    pki_types::{ServerName, UnixTime},
    time_provider::TimeProvider,
};
use std::{
    error, fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

/// For the handshake of a client that connects. One that takes longer is turned away.
const HANDSHAKE: Duration = Duration::from_secs(10);

type BoxError = Box<dyn error::Error + Send + Sync>;
type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Plain<R> = Io<<R as runtime_traits::Network>::Sink, <R as runtime_traits::Network>::Stream>;
/// Whose handshake succeeded, and its connection.
type Welcome<R> = (SocketAddr, Secured<R>);
/// A connection over TLS.
pub type Secured<R> = Tokio<TlsStream<Plain<R>>>;

/// A listener whose connections are over TLS. Handshakes go on side by side, and those that fail
/// are traced and forgotten.
pub struct Listener<R: Runtime> {
    runtime: R,
    tcp: R::Listener,
    acceptor: TlsAcceptor,
    handshakes: FuturesUnordered<Boxed<Option<Welcome<R>>>>,
}

impl<R: Runtime> Listener<R> {
    /// Connections of `tcp`, over TLS.
    pub fn new(runtime: R, tcp: R::Listener, config: Arc<ServerConfig>) -> Self {
        Self {
            runtime,
            tcp,
            acceptor: config.into(),
            handshakes: FuturesUnordered::new(),
        }
    }

    fn shake_hands(&self, peer: SocketAddr, io: Plain<R>) -> Boxed<Option<Welcome<R>>> {
        let handshake = self.runtime.timeout(HANDSHAKE, self.acceptor.accept(io));
        Box::pin(async move {
            match handshake.await {
                Ok(Ok(tls)) => return Some((peer, Tokio(tls.into()))),
                Ok(Err(error)) => tracing::debug!(%peer, %error, "a handshake failed"),
                Err(_) => tracing::debug!(%peer, "a handshake took too long"),
            }
            None
        })
    }
}

impl<R: Runtime> runtime_traits::Listener for Listener<R> {
    type Sink = runtime_io::Sink<Secured<R>>;
    type Stream = runtime_io::Stream<Secured<R>>;

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(SocketAddr, Self::Sink, Self::Stream), Error>> {
        while let Poll::Ready(accepted) = self.tcp.poll_accept(cx) {
            let (peer, sink, stream) = accepted?;
            let handshake = self.shake_hands(peer, Io::new(sink, stream));
            self.handshakes.push(handshake);
        }
        while let Poll::Ready(Some(done)) = self.handshakes.poll_next_unpin(cx) {
            if let Some((peer, tls)) = done {
                let (sink, stream) = split(tls);
                return Poll::Ready(Ok((peer, sink, stream)));
            }
        }
        Poll::Pending
    }

    fn local_addr(&self) -> SocketAddr {
        self.tcp.local_addr()
    }
}

/// Dials as `runtime-hyper`'s connector does, and shakes hands. It connects to `https` URIs.
#[derive(Clone)]
pub struct Connector<R> {
    tcp: runtime_hyper::Connector<R>,
    tls: TlsConnector,
}

/// A pooling client over TLS. `http2` says which protocol is spoken.
pub fn client<R, B>(
    runtime: R,
    config: Arc<ClientConfig>,
    http2: bool,
) -> Client<R, B, Connector<R>>
where
    R: Runtime,
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let connector = Connector {
        tcp: runtime_hyper::Connector::new(runtime.clone()),
        tls: config.into(),
    };
    Client::with_connector(runtime, connector, |options| {
        options.http2_only(http2);
    })
}

impl<R: Runtime> Connect for Connector<R> {
    type Io = runtime_hyper::Io<runtime_io::Sink<Secured<R>>, runtime_io::Stream<Secured<R>>>;

    async fn connect(&self, uri: &Uri) -> io::Result<Self::Io> {
        let host = uri.host().filter(|_| uri.scheme_str() == Some("https"));
        let text =
            || format!("{uri}: only https URIs are connected to over TLS: write https://HOST/PATH");
        let host = host.ok_or_else(text).map_err(io::Error::other)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let target = Target::new(host, uri.port_u16().unwrap_or(443));
        let tcp = self.tcp.connect(&target).await.map_err(into_io)?;
        let (sink, stream) = tcp.into_parts();
        let tls = self.tls.connect(name, Io::new(sink, stream)).await?;
        let (sink, stream) = split(Tokio(tls.into()));
        Ok(runtime_hyper::Io::new(sink, stream))
    }
}

/// Tells rustls the time by a runtime's clock, as [`ClientConfig::builder_with_details`] and its
/// namesake of the server take it.
pub struct Time<C>(pub C);

impl<C: Clock> TimeProvider for Time<C> {
    fn current_time(&self) -> Option<UnixTime> {
        let since = self.0.current().duration_since(SystemTime::UNIX_EPOCH);
        since.ok().map(UnixTime::since_unix_epoch)
    }
}

impl<C> fmt::Debug for Time<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Time").finish_non_exhaustive()
    }
}
