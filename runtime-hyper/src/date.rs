//! The `Date` header by a runtime's clock: hyper's own is the host's.

use http::{HeaderValue, Request, Response, header::DATE};
use hyper::service::Service;
use pin_project_lite::pin_project;
use runtime_traits::Clock;
use std::{
    cell::RefCell,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

thread_local! {
    /// What was written last: it depends on the second alone, whoever asks.
    static WRITTEN: RefCell<Option<Written>> = const { RefCell::new(None) };
}

/// A second, and how it is written.
type Written = (Range<SystemTime>, HeaderValue);

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
            && let Some(date) = date(this.clock.current())
            // In one step, since there seldom is one.
            && let Some(own) = response.headers_mut().insert(DATE, date)
        {
            response.headers_mut().insert(DATE, own);
        }
        polled
    }
}

/// As RFC 9110 writes it. A clock that shows a time it cannot write is no clock to date by.
fn date(now: SystemTime) -> Option<HeaderValue> {
    WRITTEN.with_borrow_mut(|written| {
        if let Some((second, date)) = written
            && second.contains(&now)
        {
            return Some(date.clone());
        }
        let (second, date) = write(now)?;
        *written = Some((second, date.clone()));
        Some(date)
    })
}

/// The second that this time lies in, and how it is written.
fn write(now: SystemTime) -> Option<Written> {
    // httpdate writes the years from 1970 to 9999, and panics at others.
    const YEAR_10000: u64 = 253_402_300_800;
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    if seconds >= YEAR_10000 {
        return None;
    }
    let date = HeaderValue::try_from(httpdate::fmt_http_date(now)).ok()?;
    let begin = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    Some((begin..begin + Duration::from_secs(1), date))
}
