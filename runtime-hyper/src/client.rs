//! Requests over pooled connections.

use crate::{Connector, Executor, Timer};
use http::{Request, Response, Uri};
use hyper::body::{Body, Incoming};
use hyper_util::client::legacy::{self, Builder, Error, ResponseFuture};
use runtime_traits::Runtime;
use std::{
    fmt,
    task::{Context, Poll},
};
use tower_service::Service;

/// hyper-util's pooling client on a runtime: HTTP/1, and HTTP/2 where it is asked for. No cookies, no
/// caching, no redirects. Clones share the pool.
///
/// An idle connection is closed after 90 seconds, by the runtime's clock. A request that finds its
/// pooled connection closed before anything of it was sent goes out again on a new one. A server's
/// close that is still on its way when the request is sent makes it fail: whether it may be sent again
/// is for the caller to know.
///
/// No request has a limit of its own, and a peer that fell silent may never be noticed: set one with
/// [`timeout`](runtime_traits::Clock::timeout), and for HTTP/2 `http2_keep_alive_interval`, without
/// which requests to come would wait on the same dead connection.
pub struct Client<R: Runtime, B = String> {
    inner: legacy::Client<Connector<R>, B>,
}

impl<R, B> Client<R, B>
where
    R: Runtime,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// A client with hyper-util's defaults.
    pub fn new(runtime: R) -> Self {
        Self::with(runtime, |_| {})
    }

    /// A client whose builder `configure` has set, say for `http2_only(true)` or for keep-alive.
    ///
    /// ```
    /// # fn main() {
    /// use runtime_deterministic::Executor;
    /// use runtime_hyper::Client;
    ///
    /// let (_runner, context, _) = Executor::seeded(7);
    /// let client: Client<_> = Client::with(context, |builder| {
    ///     builder.http2_only(true);
    /// });
    /// # }
    /// ```
    pub fn with(runtime: R, configure: impl FnOnce(&mut Builder)) -> Self {
        let mut builder = legacy::Client::builder(Executor::new(runtime.clone()));
        let timer = Timer::new(runtime.clone());
        builder.pool_timer(timer.clone()).timer(timer);
        configure(&mut builder);
        let inner = builder.build(Connector::new(runtime));
        Self { inner }
    }

    /// Sends a GET request with an empty body.
    ///
    /// # Errors
    /// hyper-util's; [`find`](crate::find) gets the [`runtime_traits::Error`] out of it, where the
    /// connection failed. Of a connection over HTTP/2 that fails later, h2 keeps the kind and the text
    /// alone, in an [`io::Error`](std::io::Error). Dropping the call drops the request, and an HTTP/1 connection with it.
    pub async fn get(&self, uri: Uri) -> Result<Response<Incoming>, Error>
    where
        B: Default,
    {
        self.inner.get(uri).await
    }

    /// Sends a request. The response's body comes as it is read.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn request(&self, request: Request<B>) -> Result<Response<Incoming>, Error> {
        self.inner.request(request).await
    }
}

/// A service as tower and tonic want it. It is always ready.
impl<R, B> Service<Request<B>> for Client<R, B>
where
    R: Runtime,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Incoming>;
    type Error = Error;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        self.inner.request(request)
    }
}

impl<R: Runtime, B> Clone for Client<R, B> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

impl<R: Runtime, B> fmt::Debug for Client<R, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
