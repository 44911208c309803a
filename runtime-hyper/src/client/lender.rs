//! Lends the connections of a pool to requests, and has them made. What is done to the pool is done
//! under its lock; what follows from it, to tasks and connections, without.

use super::{
    BoxError, ClientOptions, RequestError,
    connection::Connection,
    dial::{Dial, Errand, Failure, Home},
    pool::{Given, Limits, Pool, Reusable, Ticket},
    request::Origin,
};
use crate::Connect;
use futures_channel::oneshot;
use hyper::body::Body;
use runtime_traits::{Error, Handle, Runtime};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, ready},
};

/// A connection for one request.
pub(crate) struct Lease<B> {
    pub(crate) connection: Connection<B>,
    /// Whether it was there before the request, or was made for another one.
    pub(crate) reused: bool,
}

type Told<B> = Result<Lease<B>, RequestError>;
type Waiter<B> = oneshot::Sender<Told<B>>;
type Receiver<B> = oneshot::Receiver<Told<B>>;
type Connections<B> = Pool<Connection<B>, Waiter<B>, Handle<()>>;

pub(crate) struct Lender<R: Runtime, B, C> {
    runtime: R,
    connector: C,
    options: Arc<ClientOptions<R>>,
    pool: Mutex<Connections<B>>,
    /// The task that closes what was idle for too long.
    watch: Mutex<Option<Handle<()>>>,
}

impl<R: Runtime, B, C> Lender<R, B, C> {
    pub(crate) fn new(runtime: R, connector: C, options: ClientOptions<R>) -> Self {
        let limits = Limits {
            shared: options.http2_only,
            idle_timeout: options.idle_timeout,
            max_idle: options.max_idle,
        };
        Self {
            runtime,
            connector,
            options: Arc::new(options),
            pool: Mutex::new(Pool::new(limits)),
            watch: Mutex::new(None),
        }
    }

    pub(crate) fn options(&self) -> &ClientOptions<R> {
        &self.options
    }

    fn pool(&self) -> MutexGuard<'_, Connections<B>> {
        lock(&self.pool)
    }

    /// The dial of this ticket has failed.
    pub(crate) fn failed(&self, origin: &Origin, ticket: u64, why: &Failure) {
        let (told, task) = self.pool().failed(origin, ticket);
        drop(task);
        for waiter in told {
            // Who has left meanwhile need not know.
            let _ = waiter.send(Err(RequestError::Connect(why.clone())));
        }
    }
}

impl<R, B, C> Lender<R, B, C>
where
    R: Runtime,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
    C: Connect,
{
    /// A connection for a request: one that is idle, else the first that is made or becomes free.
    pub(crate) async fn lend(self: &Arc<Self>, origin: &Origin) -> Told<B> {
        let (ticket, receiver) = match self.take_or_wait(origin) {
            Ok(connection) => {
                let reused = true;
                return Ok(Lease { connection, reused });
            }
            Err(waits) => waits,
        };
        let place = InLine {
            lender: self,
            origin,
            ticket: ticket.number,
            receiver,
        };
        if ticket.dials {
            self.dial(origin, ticket.number);
        }
        place.await
    }

    /// An idle connection, or a place in the line: what becomes free from now on finds who waits.
    fn take_or_wait(&self, origin: &Origin) -> Result<Connection<B>, (Ticket, Receiver<B>)> {
        let now = self.runtime.monotonic();
        let mut pool = self.pool();
        let (idle, stale) = pool.take(origin, now);
        let taken = idle.ok_or_else(|| {
            let (sender, receiver) = oneshot::channel();
            (pool.wait(origin, sender), receiver)
        });
        drop(pool);
        drop(stale);
        taken
    }

    fn dial(self: &Arc<Self>, origin: &Origin, ticket: u64) {
        let home = Home {
            lender: Arc::downgrade(self),
            origin: origin.clone(),
        };
        let ticket = Some(ticket);
        let dial = Dial {
            runtime: self.runtime.clone(),
            connector: self.connector.clone(),
            options: self.options.clone(),
            errand: Errand { home, ticket },
        };
        let task = self.runtime.spawn("http", dial.run());
        let over = ticket.and_then(|ticket| self.pool().dials(origin, ticket, task));
        // It has brought its connection by now, say: what it drives goes on.
        drop(over);
    }
}

impl<R: Runtime, B: Send + 'static, C: Connect> Lender<R, B, C> {
    /// The head of a response has come on this connection.
    pub(crate) fn settle(self: &Arc<Self>, origin: &Origin, connection: Connection<B>) {
        if let Some(connection) = connection.rest() {
            self.put(origin, connection);
        }
    }

    /// The dial of this ticket has brought a connection.
    pub(crate) fn dialled(self: &Arc<Self>, origin: &Origin, ticket: u64, made: Connection<B>) {
        let now = self.runtime.monotonic();
        let (given, task) = self.pool().dialled(origin, ticket, made, now);
        drop(task);
        self.hand_out(origin, given, Some(ticket));
    }

    /// A connection is free for a request.
    pub(crate) fn put(self: &Arc<Self>, origin: &Origin, connection: Connection<B>) {
        let now = self.runtime.monotonic();
        let given = self.pool().put(origin, connection, now);
        self.hand_out(origin, given, None);
    }

    /// To those for whom it is, of whom one may have asked for it.
    fn hand_out(
        self: &Arc<Self>,
        origin: &Origin,
        given: Given<Connection<B>, Waiter<B>>,
        of: Option<u64>,
    ) {
        drop(given.surplus);
        for (ticket, waiter, connection) in given.to {
            let reused = of != Some(ticket);
            // Whoever waited may have left meanwhile.
            if let Err(Ok(lease)) = waiter.send(Ok(Lease { connection, reused })) {
                self.give_back(origin, lease);
            }
        }
        self.watch();
    }

    /// A connection that was lent and not used. What is shared is in the pool all the same.
    fn give_back(self: &Arc<Self>, origin: &Origin, lease: Lease<B>) {
        if lease.connection.share().is_none() {
            self.put(origin, lease.connection);
        }
    }

    /// Begins to close what expires, where nobody does.
    fn watch(self: &Arc<Self>) {
        if !self.pool().watch() {
            return;
        }
        let task = watch(self.runtime.clone(), Arc::downgrade(self));
        let task = self.runtime.spawn("http", task);
        let before = lock(&self.watch).replace(task);
        drop(before);
    }
}

/// Closes what expires, until nothing is left that can.
async fn watch<R: Runtime, B, C>(runtime: R, lender: Weak<Lender<R, B, C>>) {
    while let Some(lender) = lender.upgrade() {
        let now = runtime.monotonic();
        let (expired, next) = lender.pool().expire(now);
        drop(lender);
        drop(expired);
        let Some(next) = next else { return };
        runtime.sleep_until_monotonic(next).await;
    }
}

impl<R: Runtime, B, C> Drop for Lender<R, B, C> {
    fn drop(&mut self) {
        let watch = lock(&self.watch).take();
        let dials = self.pool().close();
        watch.iter().chain(&dials).for_each(Handle::abort);
    }
}

/// A request that waits for its connection. Dropped, it gives back what it was given meanwhile.
struct InLine<'a, R: Runtime, B: Send + 'static, C: Connect> {
    lender: &'a Arc<Lender<R, B, C>>,
    origin: &'a Origin,
    ticket: u64,
    receiver: Receiver<B>,
}

impl<R: Runtime, B: Send + 'static, C: Connect> Future for InLine<'_, R, B, C> {
    type Output = Told<B>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Told<B>> {
        let told = ready!(Pin::new(&mut self.receiver).poll(cx));
        // Who was to tell is gone: the run is over.
        let over = |_| Err(RequestError::Connect(Arc::new(Error::Closed)));
        Poll::Ready(told.unwrap_or_else(over))
    }
}

impl<R: Runtime, B: Send + 'static, C: Connect> Drop for InLine<'_, R, B, C> {
    fn drop(&mut self) {
        let (waiter, dial) = self.lender.pool().leave(self.origin, self.ticket);
        drop(waiter);
        if let Some(dial) = dial {
            dial.abort();
        }
        self.receiver.close();
        if let Ok(Some(Ok(lease))) = self.receiver.try_recv() {
            self.lender.give_back(self.origin, lease);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
