//! Sending and receiving one message.

use crate::{Datagram, Error};
use std::{
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

/// What [`Datagram::send_to`] returns.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct SendTo<'a, D: ?Sized> {
    datagram: &'a D,
    buf: &'a [u8],
    to: SocketAddr,
}

impl<'a, D: Datagram + ?Sized> SendTo<'a, D> {
    pub(crate) fn new(datagram: &'a D, buf: &'a [u8], to: SocketAddr) -> Self {
        Self { datagram, buf, to }
    }
}

impl<D: Datagram + ?Sized> Future for SendTo<'_, D> {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.datagram.poll_send_to(cx, self.buf, self.to)
    }
}

/// What [`Datagram::recv_from`] returns.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct RecvFrom<'a, D: ?Sized> {
    datagram: &'a D,
    buf: &'a mut [u8],
}

impl<'a, D: Datagram + ?Sized> RecvFrom<'a, D> {
    pub(crate) fn new(datagram: &'a D, buf: &'a mut [u8]) -> Self {
        Self { datagram, buf }
    }
}

impl<D: Datagram + ?Sized> Future for RecvFrom<'_, D> {
    type Output = Result<(usize, SocketAddr), Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.datagram.poll_recv_from(cx, this.buf)
    }
}
