//! Waiting for a connection.

use crate::{Error, Listener};
use std::{
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

/// What [`Listener::accept`] returns.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Accept<'a, L: ?Sized> {
    listener: &'a mut L,
}

impl<'a, L: Listener + ?Sized> Accept<'a, L> {
    pub(crate) fn new(listener: &'a mut L) -> Self {
        Self { listener }
    }
}

impl<L: Listener + ?Sized> Future for Accept<'_, L> {
    type Output = Result<(SocketAddr, L::Sink, L::Stream), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.listener.poll_accept(cx)
    }
}
