//! The `Date` header by a runtime's clock: hyper's own is the host's.

use http::{HeaderValue, Request, Response, header::DATE};
use hyper::service::Service;
use pin_project_lite::pin_project;
use runtime_traits::Clock;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::SystemTime,
};

/// A service whose responses are dated, unless they are already.
#[derive(Clone, Debug)]
pub(crate) struct Dated<C, S> {
    pub(crate) clock: C,
    pub(crate) service: S,
}

impl<C, S, A, B> Service<Request<A>> for Dated<C, S>
where
    C: Clock,
    S: Service<Request<A>, Response = Response<B>>,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Dating<C, S::Future>;

    fn call(&self, request: Request<A>) -> Self::Future {
        Dating {
            clock: self.clock.clone(),
            response: self.service.call(request),
        }
    }
}

pin_project! {
    pub(crate) struct Dating<C, F> {
        clock: C,
        #[pin]
        response: F,
    }
}

impl<C, F, B, E> Future for Dating<C, F>
where
    C: Clock,
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.response.poll(cx))?;
        let headers = response.headers_mut();
        if let (false, Some(date)) = (headers.contains_key(DATE), date(this.clock.current())) {
            headers.insert(DATE, date);
        }
        Poll::Ready(Ok(response))
    }
}

/// As RFC 9110 writes it. A clock that shows a time it cannot write is no clock to date by.
fn date(now: SystemTime) -> Option<HeaderValue> {
    // httpdate writes the years from 1970 to 9999, and panics at others.
    const YEAR_10000: u64 = 253_402_300_800;
    let since = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    if since.as_secs() >= YEAR_10000 {
        return None;
    }
    HeaderValue::try_from(httpdate::fmt_http_date(now)).ok()
}
