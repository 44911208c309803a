//! The task of a connection: makes it, brings it to the pool, and drives it to its end.

use super::{BoxError, ClientOptions, connection::Connection, lender::Lender, request::Origin};
use crate::{Connect, Timer};
use hyper::body::Body;
use runtime_traits::{Error, Runtime};
use std::{
    error,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Weak},
    task::Poll,
};

/// Shared by all who wait for the connection.
pub(crate) type Failure = Arc<dyn error::Error + Send + Sync>;

/// A connection and what drives it.
type Made<B> = (Connection<B>, Driver);
type Driver = Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>;

/// What a connection is made of, and for whom.
pub(crate) struct Dial<R: Runtime, B, C> {
    pub(crate) runtime: R,
    pub(crate) connector: C,
    pub(crate) options: Arc<ClientOptions<R>>,
    pub(crate) errand: Errand<R, B, C>,
}

impl<R, B, C> Dial<R, B, C>
where
    R: Runtime,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
    C: Connect,
{
    /// The whole life of a connection.
    pub(crate) async fn run(mut self) {
        let driver = match self.make_in_time().await {
            Ok((made, driver)) => {
                self.errand.bring(made);
                driver
            }
            Err(failure) => return self.errand.fail(failure),
        };
        if let Err(error) = driver.await {
            let error: &dyn error::Error = &error;
            tracing::debug!(error, "a connection failed");
        }
    }

    async fn make_in_time(&self) -> Result<Made<B>, Failure> {
        let Some(limit) = self.options.connect_timeout else {
            return self.make().await;
        };
        let made = self.runtime.timeout(limit, self.make()).await;
        made.unwrap_or_else(|timeout| Err(Arc::new(timeout)))
    }

    async fn make(&self) -> Result<Made<B>, Failure> {
        let uri = self.errand.home.origin.uri();
        let connected = self.connector.connect(&uri).await;
        let io = connected.map_err(|error| -> Failure { Arc::new(error) })?;
        let made = match self.options.http2_only {
            true => self.http2(io).await,
            false => self.http1(io).await,
        };
        made.map_err(|error| -> Failure { Arc::new(error) })
    }

    async fn http1(&self, io: C::Io) -> hyper::Result<Made<B>> {
        let (mut sender, connection) = self.options.http1.handshake(io).await?;
        let mut connection = Box::pin(connection.with_upgrades());
        poll_fn(|cx| match connection.as_mut().poll(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => sender.poll_ready(cx),
        })
        .await?;
        let (made, resting) = Connection::http1(sender);
        let home = self.errand.home.clone();
        let driver = poll_fn(move |cx| {
            let polled = connection.as_mut().poll(cx);
            if polled.is_pending()
                && let Some(rested) = resting.rested()
            {
                home.take_back(rested);
            }
            polled
        });
        Ok((made, Box::pin(driver)))
    }

    async fn http2(&self, io: C::Io) -> hyper::Result<Made<B>> {
        let mut builder = self.options.http2.clone();
        builder.timer(Timer::new(self.runtime.clone()));
        let (sender, connection) = builder.handshake(io).await?;
        Ok((Connection::Http2(sender), Box::pin(connection)))
    }
}

/// Where a connection comes back to. It keeps no pool alive.
pub(crate) struct Home<R: Runtime, B, C> {
    pub(crate) lender: Weak<Lender<R, B, C>>,
    pub(crate) origin: Origin,
}

impl<R: Runtime, B: Send + 'static, C: Connect> Home<R, B, C> {
    fn take_back(&self, rested: Connection<B>) {
        if let Some(lender) = self.lender.upgrade() {
            lender.put(&self.origin, rested);
        }
    }
}

impl<R: Runtime, B, C> Clone for Home<R, B, C> {
    fn clone(&self) -> Self {
        Self {
            lender: self.lender.clone(),
            origin: self.origin.clone(),
        }
    }
}

/// Tells the pool what became of a dial, also where its task is dropped.
pub(crate) struct Errand<R: Runtime, B, C> {
    pub(crate) home: Home<R, B, C>,
    /// Until it is told.
    pub(crate) ticket: Option<u64>,
}

impl<R: Runtime, B: Send + 'static, C: Connect> Errand<R, B, C> {
    fn bring(&mut self, made: Connection<B>) {
        let ticket = self.ticket.take();
        if let (Some(ticket), Some(lender)) = (ticket, self.home.lender.upgrade()) {
            lender.dialled(&self.home.origin, ticket, made);
        }
    }
}

impl<R: Runtime, B, C> Errand<R, B, C> {
    fn fail(&mut self, why: Failure) {
        let ticket = self.ticket.take();
        if let (Some(ticket), Some(lender)) = (ticket, self.home.lender.upgrade()) {
            lender.failed(&self.home.origin, ticket, &why);
        }
    }
}

impl<R: Runtime, B, C> Drop for Errand<R, B, C> {
    fn drop(&mut self) {
        self.fail(Arc::new(Error::Closed));
    }
}
