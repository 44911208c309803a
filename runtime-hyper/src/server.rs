//! Requests, answered until the runtime is told to stop.

use crate::{Executor, Io, Timer, date::Dated, graceful::Graceful, opening::Opening};
use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    service::Service,
};
use hyper_util::server::conn::auto;
use runtime_traits::{Error, Listener, Runtime, Signal};
use std::{error, fmt, future::poll_fn, net::SocketAddr, pin::pin, task::Poll, time::Duration};

/// Why a connection ended that did not begin.
const SILENT: &str = "the peer did not say in time what protocol it speaks";

type BoxError = Box<dyn error::Error + Send + Sync>;

/// Answers requests as a [`Server`] with hyper's defaults does.
///
/// # Errors
/// As [`Server::serve`].
pub async fn serve<R, L, S, B>(runtime: R, listener: L, service: S) -> Result<(), Error>
where
    R: Runtime,
    L: Listener<Sink: Send + 'static, Stream: Send + 'static>,
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    Server::new(runtime).serve(listener, service).await
}

/// Answers HTTP/1 and HTTP/2 requests on a runtime; which of the two a connection speaks, its first
/// bytes say.
pub struct Server<R> {
    runtime: R,
    builder: auto::Builder<Executor<R>>,
    opening_timeout: Option<Duration>,
}

impl<R: Runtime> Server<R> {
    /// A server with hyper's defaults: an HTTP/1 request's head has 30 seconds to come. So has the
    /// beginning of a connection, which says what protocol it speaks.
    pub fn new(runtime: R) -> Self {
        let mut builder = auto::Builder::new(Executor::new(runtime.clone()));
        // The date is written by the runtime's clock.
        builder.http1().auto_date_header(false);
        builder.http2().auto_date_header(false);
        Self {
            runtime,
            builder,
            opening_timeout: Some(Duration::from_secs(30)),
        }
    }

    /// How long a connection may take, from when it is accepted, to say what protocol it speaks, with one
    /// byte or a few: then hyper's own limits begin. `None`: for ever. Default: 30 seconds.
    pub fn opening_timeout(&mut self, limit: impl Into<Option<Duration>>) -> &mut Self {
        self.opening_timeout = limit.into();
        self
    }

    /// hyper's options, say `http2().keep_alive_interval(..)`. Timers need not be set: each connection
    /// has one of the runtime's, whatever was set here.
    pub fn builder(&mut self) -> &mut auto::Builder<Executor<R>> {
        &mut self.builder
    }

    /// Answers requests with `service`, each connection in a task labelled `http`, until the runtime
    /// is told to [`stop`](runtime_traits::Spawner::stop): then the listener goes, idle connections
    /// are closed, and the call returns once the requests that are being answered have been. An idle
    /// client of HTTP/2 is asked first, by a ping: one that fell silent is waited for, unless the
    /// builder has a `keep_alive_interval`. Whoever must not wait sets a limit with
    /// [`timeout`](runtime_traits::Clock::timeout), or drops the call. A connection's failure ends it
    /// alone, and is traced.
    ///
    /// A response without a `Date` gets one, by the runtime's clock. Connections can be upgraded, as to
    /// WebSocket, by `hyper::upgrade::on`.
    ///
    /// For a tower service, an axum router say, wrap it in hyper-util's `TowerToHyperService`.
    ///
    /// # Cancellation
    /// Dropped, the call leaves the connections to their tasks: those that were not told of a stop go
    /// on as before.
    ///
    /// # Errors
    /// The listener's, when it is lost; the connections go on then. The end of the run is none: it ends
    /// the call as a stop does.
    pub async fn serve<L, S, B>(self, mut listener: L, service: S) -> Result<(), Error>
    where
        L: Listener<Sink: Send + 'static, Stream: Send + 'static>,
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        let graceful = Graceful::new();
        let mut stopped = self.runtime.stopped();
        while let Some(accepted) = accept_unless(&mut stopped, &mut listener).await {
            let (peer, sink, stream) = accepted?;
            let service = Dated::new(self.runtime.clone(), service.clone());
            let limit = self.opening_timeout.map(|limit| self.runtime.sleep(limit));
            let (opening, mut limit) = Opening::within(limit);
            let io = Io::heard(sink, stream, opening);
            let builder = self.with_timer();
            let connection = builder.serve_connection_with_upgrades(io, service);
            let connection = connection.into_owned();
            let mut stop = graceful.connection();
            let connection = async move {
                let mut connection = pin!(connection);
                let ended = poll_fn(|cx| {
                    if stop.begins(cx) {
                        connection.as_mut().graceful_shutdown();
                    }
                    match connection.as_mut().poll(cx) {
                        Poll::Pending if limit.has_passed(cx) => Poll::Ready(Err(SILENT.into())),
                        polled => polled,
                    }
                });
                if let Err(error) = ended.await {
                    tracing::debug!(%peer, error, "an HTTP connection failed");
                }
            };
            drop(self.runtime.spawn("http", connection));
        }
        drop(listener);
        graceful.shutdown().await;
        Ok(())
    }

    /// For one connection.
    fn with_timer(&self) -> auto::Builder<Executor<R>> {
        let timer = Timer::new(self.runtime.clone());
        let mut builder = self.builder.clone();
        builder.http1().timer(timer.clone());
        builder.http2().timer(timer);
        builder
    }
}

type Accepted<L> = (SocketAddr, <L as Listener>::Sink, <L as Listener>::Stream);

/// The next connection, or `None` once the runtime was told to stop.
async fn accept_unless<L: Listener>(
    stopped: &mut Signal,
    listener: &mut L,
) -> Option<Result<Accepted<L>, Error>> {
    let mut stopped = pin!(stopped);
    poll_fn(|cx| match stopped.as_mut().poll(cx) {
        Poll::Ready(_) => Poll::Ready(None),
        Poll::Pending => listener.poll_accept(cx).map(Some),
    })
    .await
}

impl<R> fmt::Debug for Server<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}
