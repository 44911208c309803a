//! A connection of a client: what sends on it, and when it is free for the next request.

use super::{BoxError, pool::Reusable};
use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    client::conn::{TrySendError, http1, http2},
};
use std::sync::{Arc, Mutex, PoisonError};

/// What sends requests on a connection. It is driven elsewhere.
pub(crate) enum Connection<B> {
    Http1(http1::SendRequest<B>, Arc<Resting<B>>),
    Http2(http2::SendRequest<B>),
}

/// Where a connection of HTTP/1 lies between the head of a response and the end of its body. hyper
/// knows when that is there in a poll of the connection, so its driver looks here after each.
pub(crate) struct Resting<B>(Mutex<Option<http1::SendRequest<B>>>);

impl<B> Connection<B> {
    pub(crate) fn http1(sender: http1::SendRequest<B>) -> (Self, Arc<Resting<B>>) {
        let resting = Arc::new(Resting(Mutex::new(None)));
        (Self::Http1(sender, resting.clone()), resting)
    }

    /// After the head of a response: lets it rest. Gives it back if the body is over already, and
    /// nothing where others share it.
    pub(crate) fn rest(self) -> Option<Self> {
        match self {
            Self::Http1(sender, resting) => {
                *resting.lock() = Some(sender);
                resting.rested()
            }
            Self::Http2(_) => None,
        }
    }
}

impl<B> Resting<B> {
    /// The connection that lies here, if it is free for a request.
    pub(crate) fn rested(self: &Arc<Self>) -> Option<Connection<B>> {
        let rested = self.lock().take_if(|sender| sender.is_ready());
        rested.map(|sender| Connection::Http1(sender, self.clone()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<http1::SendRequest<B>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B> Connection<B>
where
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    /// Sends a request. Comes back with it where nothing of it was sent.
    pub(crate) async fn send(
        &mut self,
        request: Request<B>,
    ) -> Result<Response<Incoming>, TrySendError<Request<B>>> {
        match self {
            Self::Http1(sender, _) => sender.try_send_request(request).await,
            Self::Http2(sender) => sender.try_send_request(request).await,
        }
    }
}

impl<B> Reusable for Connection<B> {
    fn is_open(&self) -> bool {
        match self {
            Self::Http1(sender, _) => sender.is_ready(),
            Self::Http2(sender) => sender.is_ready(),
        }
    }

    fn share(&self) -> Option<Self> {
        match self {
            Self::Http1(..) => None,
            Self::Http2(sender) => Some(Self::Http2(sender.clone())),
        }
    }
}
