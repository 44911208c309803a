//! Datagrams that are refused, mixed up or never noticed.

use super::{Backend, Flaw, Mutant};
use crate::defect::datagrams;
use runtime_traits::{Datagram as _, Datagrams, Error};
use std::{
    io::ErrorKind,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker, ready},
};

pub(crate) struct Datagram<C: Backend> {
    inner: C::Datagram,
    flaw: Arc<Flaw>,
    /// What did not fit, and whose it is.
    rest: Mutex<Option<(Vec<u8>, SocketAddr)>>,
    has_sent: AtomicBool,
    has_waited: AtomicBool,
}

impl<C: Backend> Datagrams for Mutant<C> {
    type Datagram = Datagram<C>;

    async fn bind_datagram(&self, socket: SocketAddr) -> Result<Datagram<C>, Error> {
        let flaw = &self.flaw;
        let known = !flaw.addresses.lock().unwrap().insert(socket);
        if known && flaw.is(datagrams::a_datagram_address_is_free_once_its_socket_is_dropped) {
            return Err(Error::BindFailed(socket, ErrorKind::AddrInUse.into()));
        }
        match self.inner.bind_datagram(socket).await {
            Ok(inner) => {
                flaw.addresses.lock().unwrap().insert(inner.local_addr());
                Ok(Datagram {
                    inner,
                    flaw: flaw.clone(),
                    rest: Mutex::default(),
                    has_sent: AtomicBool::new(false),
                    has_waited: AtomicBool::new(false),
                })
            }
            Err(Error::BindFailed(socket, cause))
                if flaw.is(datagrams::a_taken_datagram_address_is_bind_failed) =>
            {
                Err(Error::ConnectionFailed(socket, cause))
            }
            Err(error) => flaw.unclosed(datagrams::after_the_end_datagrams_are_closed, Err(error)),
        }
    }
}

impl<C: Backend> Datagram<C> {
    /// Gives what did not fit before as a message of its own.
    fn poll_in_parts(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        let mut rest = self.rest.lock().unwrap();
        let (mut message, from) = match rest.take() {
            Some(rest) => rest,
            None => {
                let mut message = vec![0; 1 << 16];
                let (len, from) = ready!(self.inner.poll_recv_from(cx, &mut message))?;
                message.truncate(len);
                (message, from)
            }
        };
        let len = buf.len().min(message.len());
        buf[..len].copy_from_slice(&message[..len]);
        message.drain(..len);
        *rest = (!message.is_empty()).then_some((message, from));
        Poll::Ready(Ok((len, from)))
    }
}

impl<C: Backend> runtime_traits::Datagram for Datagram<C> {
    fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
        to: SocketAddr,
    ) -> Poll<Result<(), Error>> {
        self.has_sent.store(true, SeqCst);
        match ready!(self.inner.poll_send_to(cx, buf, to)) {
            Err(Error::SendFailed(_))
                if self
                    .flaw
                    .is(datagrams::a_datagram_that_is_too_long_is_send_failed) =>
            {
                Poll::Ready(Ok(()))
            }
            sent => Poll::Ready(
                self.flaw
                    .unclosed(datagrams::after_the_end_datagrams_are_closed, sent),
            ),
        }
    }

    fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        let flaw = &self.flaw;
        if flaw.is(datagrams::a_datagram_to_nobody_is_lost) && self.has_sent.swap(false, SeqCst) {
            let refused = ErrorKind::ConnectionRefused.into();
            return Poll::Ready(Err(Error::RecvFailed(refused)));
        }
        if flaw.is(datagrams::what_does_not_fit_of_a_datagram_is_lost) {
            return self.poll_in_parts(cx, buf);
        }
        if flaw.is(datagrams::a_dropped_recv_from_takes_nothing) && self.has_waited.load(SeqCst) {
            return Poll::Pending;
        }
        let mut deaf = Context::from_waker(Waker::noop());
        let polled = match flaw.is(datagrams::a_waiting_recv_from_is_woken) {
            true => self.inner.poll_recv_from(&mut deaf, buf),
            false => self.inner.poll_recv_from(cx, buf),
        };
        self.has_waited.fetch_or(polled.is_pending(), SeqCst);
        let received = ready!(polled);
        let received = flaw.unclosed(datagrams::after_the_end_datagrams_are_closed, received);
        let mixes_up = flaw.is(datagrams::a_datagram_arrives_whole_with_its_sender);
        Poll::Ready(received.map(|(len, from)| match mixes_up {
            true => (len, self.inner.local_addr()),
            false => (len, from),
        }))
    }

    fn local_addr(&self) -> SocketAddr {
        let mut local = self.inner.local_addr();
        if self
            .flaw
            .is(datagrams::port_zero_is_an_ephemeral_datagram_port)
        {
            local.set_port(0);
        }
        local
    }
}
