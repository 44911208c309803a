//! Taking connections.

use super::{Backend, Mutant, sink::Sink, stream::Stream};
use crate::defect::network;
use runtime_traits::{Error, Stream as _};
use std::{
    io::ErrorKind,
    net::SocketAddr,
    task::{Context, Poll, Waker, ready},
};

pub(crate) struct Listener<C: Backend> {
    inner: C::Listener,
    context: Mutant<C>,
    waited: bool,
}

impl<C: Backend> Listener<C> {
    pub(super) fn new(inner: C::Listener, context: Mutant<C>) -> Self {
        Self {
            inner,
            context,
            waited: false,
        }
    }

    /// Loses the connection that comes after a wait.
    fn poll_forgetful(&mut self, cx: &mut Context<'_>) -> Poll<Result<Accepted<C>, Error>> {
        use runtime_traits::Listener;
        loop {
            match self.inner.poll_accept(cx) {
                Poll::Pending => {
                    self.waited = true;
                    return Poll::Pending;
                }
                Poll::Ready(_) if self.waited => self.waited = false,
                ready => return ready,
            }
        }
    }
}

type Accepted<C> = (
    SocketAddr,
    <C as runtime_traits::Network>::Sink,
    <C as runtime_traits::Network>::Stream,
);

impl<C: Backend> runtime_traits::Listener for Listener<C> {
    type Sink = Sink<C>;
    type Stream = Stream<C>;

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(SocketAddr, Sink<C>, Stream<C>), Error>> {
        let flaw = self.context.flaw.clone();
        let mut deaf = Context::from_waker(Waker::noop());
        let accepted = if flaw.is(network::accept_is_cancel_safe) {
            self.poll_forgetful(cx)
        } else if flaw.is(network::a_waiting_accept_is_woken) {
            self.inner.poll_accept(&mut deaf)
        } else {
            self.inner.poll_accept(cx)
        };
        let accepted = ready!(accepted);
        let (mut peer, sink, mut stream) =
            flaw.unclosed(network::after_the_end_the_network_is_closed, accepted)?;
        if flaw.is(network::a_peers_reset_does_not_fail_accept)
            && let Poll::Ready(Err(_)) = stream.poll_recv(cx, &mut [0])
        {
            let reset = ErrorKind::ConnectionReset.into();
            return Poll::Ready(Err(Error::ConnectionFailed(peer, reset)));
        }
        if flaw.is(network::both_ends_know_both_addresses) {
            peer = self.inner.local_addr();
        }
        let (sink, stream) = self.context.halves(sink, stream);
        Poll::Ready(Ok((peer, sink, stream)))
    }

    fn local_addr(&self) -> SocketAddr {
        let mut local = self.inner.local_addr();
        let flaw = &self.context.flaw;
        if flaw.is(network::port_zero_is_an_ephemeral_port) {
            local.set_port(0);
        }
        if flaw.is(network::a_listener_is_dialled_at_its_local_addr) {
            local.set_port(local.port() ^ 1);
        }
        local
    }
}
