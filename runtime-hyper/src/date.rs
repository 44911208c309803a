//! The `Date` header by a runtime's clock: hyper's own is the host's.

use http::{
    HeaderValue, Request, Response,
    header::{DATE, Entry},
};
use hyper::service::Service;
use pin_project_lite::pin_project;
use runtime_traits::Clock;
use std::{
    cell::RefCell,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::SystemTime,
};

thread_local! {
    /// The second that was written last, and how: it depends on nothing else, whoever asks.
    static WRITTEN: RefCell<Option<(u64, HeaderValue)>> = const { RefCell::new(None) };
}

/// A service whose responses are dated, unless they are already.
#[derive(Clone, Debug)]
pub(crate) struct Dated<C, S> {
    /// Shared by the requests of one connection, so that connections do not meet at the run's counts.
    clock: Arc<C>,
    service: S,
}

impl<C, S> Dated<C, S> {
    /// For one connection.
    pub(crate) fn new(clock: C, service: S) -> Self {
        let clock = Arc::new(clock);
        Self { clock, service }
    }
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
        clock: Arc<C>,
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
        let mut polled = this.response.poll(cx);
        // Where it lies: a response is large.
        if let Poll::Ready(Ok(response)) = &mut polled
            && let Entry::Vacant(place) = response.headers_mut().entry(DATE)
            && let Some(date) = date(this.clock.current())
        {
            place.insert(date);
        }
        polled
    }
}

/// As RFC 9110 writes it. A clock that shows a time it cannot write is no clock to date by.
fn date(now: SystemTime) -> Option<HeaderValue> {
    // httpdate writes the years from 1970 to 9999, and panics at others.
    const YEAR_10000: u64 = 253_402_300_800;
    let second = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    if second >= YEAR_10000 {
        return None;
    }
    WRITTEN.with_borrow_mut(|written| match written {
        Some((last, date)) if *last == second => Some(date.clone()),
        _ => {
            let date = HeaderValue::try_from(httpdate::fmt_http_date(now)).ok()?;
            *written = Some((second, date.clone()));
            Some(date)
        }
    })
}
