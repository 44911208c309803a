//! Requests over pooled connections.

mod connection;
mod dial;
mod error;
mod lender;
mod options;
mod pool;
mod request;

pub use error::RequestError;
pub use options::ClientOptions;

use crate::{Connect, Connector};
use http::{Request, Response, Uri};
use hyper::body::{Body, Incoming};
use lender::Lender;
use request::{Origin, write_out};
use runtime_traits::Runtime;
use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A pooling client on a runtime: HTTP/1, or HTTP/2 where it is asked for. No cookies, no caching, no
/// redirects. Clones share the pool, and what is idle is closed with the last of them.
///
/// A connection of HTTP/1 carries one request at a time, and is free for the next one when the body of
/// the response has been read to its end; a request that finds none free begins to make one, and takes
/// one that becomes free before. Its own then goes on, and is kept for others. HTTP/2 has one
/// connection for all requests to a host and port, which wait together while it is made.
///
/// One that was idle for 90 seconds is closed, by the runtime's clock. Idle is one of HTTP/1 that is
/// free, and one of HTTP/2 that no request was sent on, though responses be still under way: no
/// request is sent on it any more, and it is closed when the last of them is over.
///
/// A request that finds its pooled connection closed before anything of it was sent goes out again on
/// another one. A server's close that is still on its way when the request is sent makes it fail:
/// whether it may be sent again is for the caller to know.
///
/// A connection has 30 seconds to be made. No request has a limit of its own, and a peer that fell
/// silent may never be noticed: set one with [`timeout`](runtime_traits::Clock::timeout), and for
/// HTTP/2 `keep_alive_interval`, without which requests to come would wait on the same dead connection.
///
/// Connections are made by a [`Connector`], without TLS, or by another that it is given. Whether
/// HTTP/2 is spoken is for [`http2_only`](ClientOptions::http2_only) to say, over TLS, too: what ALPN
/// agreed on is not asked for. So whoever makes the TLS offers `h2` alone for a client of HTTP/2,
/// `http/1.1` alone for another, and has one client for each. Requests go to the host that their URI
/// names, never in the absolute form that a proxy for plain HTTP asks for.
///
/// Its tasks are labelled `http`: one for each connection, and one that closes what is idle.
pub struct Client<R: Runtime, B = String, C = Connector<R>> {
    lender: Arc<Lender<R, B, C>>,
}

impl<R, B> Client<R, B>
where
    R: Runtime,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    /// A client with the defaults of its options.
    pub fn new(runtime: R) -> Self {
        Self::with(runtime, |_| {})
    }

    /// A client whose options `configure` has set.
    ///
    /// ```
    /// # fn main() {
    /// use runtime_deterministic::Executor;
    /// use runtime_hyper::Client;
    /// use std::time::Duration;
    ///
    /// let (_runner, context, _) = Executor::seeded(7);
    /// let client: Client<_> = Client::with(context, |options| {
    ///     options.http2_only(true);
    ///     options.http2().keep_alive_interval(Duration::from_secs(5));
    /// });
    /// # }
    /// ```
    pub fn with(runtime: R, configure: impl FnOnce(&mut ClientOptions<R>)) -> Self {
        let connector = Connector::new(runtime.clone());
        Self::with_connector(runtime, connector, configure)
    }
}

impl<R, B, C> Client<R, B, C>
where
    R: Runtime,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
    C: Connect,
{
    /// As [`with`](Client::with), over the connections of this connector, say one that wraps a
    /// [`Connector`] in TLS.
    pub fn with_connector(
        runtime: R,
        connector: C,
        configure: impl FnOnce(&mut ClientOptions<R>),
    ) -> Self {
        let mut options = ClientOptions::new(runtime.clone());
        configure(&mut options);
        let lender = Lender::new(runtime, connector, options);
        Self {
            lender: Arc::new(lender),
        }
    }

    /// Sends a GET request with an empty body.
    ///
    /// # Errors
    /// Each [`RequestError`] says whether the request may be sent again.
    /// [`find`](crate::find) gets the [`runtime_traits::Error`] out of it, where the connection
    /// failed. Of a connection over HTTP/2 that fails later, h2 keeps the kind and the text alone, in
    /// an [`io::Error`](std::io::Error).
    ///
    /// # Cancellation
    /// Dropping the call drops the request, and an HTTP/1 connection on which it was sent. The
    /// connection that is being made for it is given up, unless other requests wait for it.
    pub async fn get(&self, uri: Uri) -> Result<Response<Incoming>, RequestError>
    where
        B: Default,
    {
        let mut request = Request::new(B::default());
        *request.uri_mut() = uri;
        self.request(request).await
    }

    /// Sends a request, whose URI is absolute. The response's body comes as it is read.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// # Cancellation
    /// As [`get`](Self::get).
    pub async fn request(&self, request: Request<B>) -> Result<Response<Incoming>, RequestError> {
        send(&self.lender, request).await
    }
}

/// Sends a request, again where nothing of it was sent.
async fn send<R, B, C>(
    lender: &Arc<Lender<R, B, C>>,
    mut request: Request<B>,
) -> Result<Response<Incoming>, RequestError>
where
    R: Runtime,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
    C: Connect,
{
    let options = lender.options();
    let origin = Origin::of(&request, options.http2_only)?;
    if !options.http2_only {
        write_out(&mut request);
    }
    loop {
        let mut lease = lender.lend(&origin).await?;
        let mut failed = match lease.connection.send(request).await {
            Ok(response) => {
                lender.settle(&origin, lease.connection);
                return Ok(response);
            }
            Err(failed) => failed,
        };
        match failed.take_message() {
            Some(unsent) if lease.reused && options.retries => request = unsent,
            Some(_) => return Err(RequestError::NotSent(failed.into_error())),
            None => return Err(RequestError::Failed(failed.into_error())),
        }
    }
}

/// A service as tower and tonic want it. It is always ready.
impl<R, B, C> Service<Request<B>> for Client<R, B, C>
where
    R: Runtime,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
    C: Connect,
{
    type Response = Response<Incoming>;
    type Error = RequestError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, RequestError>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), RequestError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let lender = self.lender.clone();
        Box::pin(async move { send(&lender, request).await })
    }
}

impl<R: Runtime, B, C> Clone for Client<R, B, C> {
    fn clone(&self) -> Self {
        Self {
            lender: self.lender.clone(),
        }
    }
}

impl<R: Runtime, B, C> fmt::Debug for Client<R, B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
