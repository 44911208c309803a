//! What a client is told before it is made.

use crate::Executor;
use hyper::client::conn::{http1, http2};
use std::{fmt, time::Duration};

/// How a [`Client`](crate::Client) speaks, and how long it keeps what is idle.
pub struct ClientOptions<R> {
    pub(crate) http2_only: bool,
    pub(crate) retries: bool,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_idle: usize,
    pub(crate) http1: http1::Builder,
    pub(crate) http2: http2::Builder<Executor<R>>,
}

impl<R: runtime_traits::Spawner> ClientOptions<R> {
    pub(crate) fn new(runtime: R) -> Self {
        Self {
            http2_only: false,
            retries: true,
            connect_timeout: Some(Duration::from_secs(30)),
            idle_timeout: Some(Duration::from_secs(90)),
            max_idle: usize::MAX,
            http1: http1::Builder::new(),
            http2: http2::Builder::new(Executor::new(runtime)),
        }
    }
}

impl<R> ClientOptions<R> {
    /// Whether to speak HTTP/2, without asking the server first, and never HTTP/1. Over TLS the
    /// connector offers the same by ALPN. Default: no.
    pub fn http2_only(&mut self, yes: bool) -> &mut Self {
        self.http2_only = yes;
        self
    }

    /// How long a connection may take to be made, from the name's resolution to the connector's own
    /// handshakes, before it is given up and those who wait for it are told
    /// [`Error::Timeout`](runtime_traits::Error::Timeout). `None`: as long as the connector takes, and
    /// over HTTP/2, where requests share it, a connector that hangs holds up all of them. Default: 30
    /// seconds.
    pub fn connect_timeout(&mut self, limit: impl Into<Option<Duration>>) -> &mut Self {
        self.connect_timeout = limit.into();
        self
    }

    /// How long a connection may be idle before it is closed; over HTTP/2, how long no request may be
    /// sent on it. `None`: until the peer closes it, or the client is dropped. Default: 90 seconds.
    pub fn pool_idle_timeout(&mut self, limit: impl Into<Option<Duration>>) -> &mut Self {
        self.idle_timeout = limit.into();
        self
    }

    /// How many connections to one host and port may be idle. One more is closed. Default: any number.
    pub fn pool_max_idle_per_host(&mut self, most: usize) -> &mut Self {
        self.max_idle = most;
        self
    }

    /// Whether a request of which nothing was sent, because its pooled connection was closed, goes
    /// out again. Default: yes.
    pub fn retry_canceled_requests(&mut self, yes: bool) -> &mut Self {
        self.retries = yes;
        self
    }

    /// hyper's options of HTTP/1.
    pub fn http1(&mut self) -> &mut http1::Builder {
        &mut self.http1
    }

    /// hyper's options of HTTP/2, say `keep_alive_interval`. A timer need not be set: each connection
    /// has one of the runtime's.
    pub fn http2(&mut self) -> &mut http2::Builder<Executor<R>> {
        &mut self.http2
    }
}

impl<R> fmt::Debug for ClientOptions<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("http2_only", &self.http2_only)
            .field("retry_canceled_requests", &self.retries)
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_idle_timeout", &self.idle_timeout)
            .field("pool_max_idle_per_host", &self.max_idle)
            .finish_non_exhaustive()
    }
}
