//! The half of a connection that receives.

use super::{Backend, Mutant};
use crate::defect::{connections, machines, network, simulation, streams};
use runtime_traits::{Error, Stream as _};
use std::{
    io::ErrorKind::{ConnectionAborted, ConnectionReset},
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

/// The time-out that nobody asked for.
pub(super) const IDLE: Duration = Duration::from_millis(100);

pub(crate) struct Stream<C: Backend> {
    inner: C::Stream,
    context: Mutant<C>,
    /// Bytes that are given out next.
    held: Vec<u8>,
    waited: bool,
    idle: Option<Pin<Box<C::Sleep>>>,
    pub(super) limited: bool,
}

impl<C: Backend> Stream<C> {
    pub(super) fn new(inner: C::Stream, context: Mutant<C>) -> Self {
        Self {
            inner,
            context,
            held: Vec::new(),
            waited: false,
            idle: None,
            limited: false,
        }
    }

    fn poll_hidden_timeout(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let clock = &self.context.inner;
        let idle = self.idle.get_or_insert_with(|| Box::pin(clock.sleep(IDLE)));
        idle.as_mut().poll(cx)
    }

    /// Waits until all of `buf` can be filled.
    fn poll_full(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        while self.held.len() < buf.len() {
            let mut more = [0; 64];
            match ready!(self.inner.poll_recv(cx, &mut more))? {
                0 => break,
                received => self.held.extend_from_slice(&more[..received]),
            }
        }
        Poll::Ready(Ok(self.give(buf)))
    }

    fn give(&mut self, buf: &mut [u8]) -> usize {
        let given = buf.len().min(self.held.len());
        buf[..given].copy_from_slice(&self.held[..given]);
        self.held.drain(..given);
        given
    }

    fn falsified(&mut self, buf: &mut [u8], received: usize) -> Result<usize, Error> {
        let flaw = &self.context.flaw;
        if received == 0 && !buf.is_empty() {
            return match flaw.defect {
                streams::a_clean_end_is_zero_bytes => {
                    Err(Error::RecvFailed(ConnectionReset.into()))
                }
                streams::a_clean_end_inside_a_recv_is_unexpected_eof => {
                    Err(Error::RecvFailed(ConnectionAborted.into()))
                }
                streams::an_end_stays_the_end if flaw.count() > 0 => Err(Error::Closed),
                _ => Ok(0),
            };
        }
        if flaw.is_any(&[
            connections::bytes_arrive_in_order_both_ways_at_once,
            streams::bytes_arrive_in_order,
        ]) {
            buf[..received].reverse();
        }
        if self.waited && flaw.is(streams::a_dropped_recv_some_takes_nothing) {
            self.waited = false;
            buf[..received].rotate_left(1);
            return Ok(received - 1);
        }
        Ok(received)
    }
}

impl<C: Backend> runtime_traits::Stream for Stream<C> {
    fn poll_recv(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        let flaw = self.context.flaw.clone();
        if self.limited {
            return Poll::Ready(Err(Error::Timeout));
        }
        if buf.is_empty() && flaw.is(streams::receiving_nothing_is_ok_at_once) {
            return Poll::Pending;
        }
        if flaw.is(streams::recv_some_gives_what_is_there) {
            return self.poll_full(cx, buf);
        }
        if !self.held.is_empty() {
            return Poll::Ready(Ok(self.give(buf)));
        }
        let mut deaf = Context::from_waker(Waker::noop());
        let polled = match flaw.is(streams::a_waiting_recv_is_woken) {
            true => self.inner.poll_recv(&mut deaf, buf),
            false => self.inner.poll_recv(cx, buf),
        };
        let Poll::Ready(received) = polled else {
            self.waited = true;
            if flaw.is_any(&[
                streams::an_idle_recv_waits,
                simulation::a_recv_is_idle_for_a_month,
            ]) {
                ready!(self.poll_hidden_timeout(cx));
                return Poll::Ready(Err(Error::Timeout));
            }
            return Poll::Pending;
        };
        let received = flaw.unclosed(network::after_the_end_the_network_is_closed, received);
        Poll::Ready(match received {
            Ok(received) => self.falsified(buf, received),
            Err(Error::RecvFailed(_))
                if flaw.is_any(&[
                    machines::a_crash_is_no_clean_end,
                    network::a_connection_that_nobody_accepted_breaks_with_its_listener,
                ]) =>
            {
                Ok(0)
            }
            failed => failed,
        })
    }

    fn unread(&mut self, bytes: &[u8]) {
        match self.context.flaw.defect {
            streams::a_dropped_recv_gives_back_what_it_took
            | streams::a_failed_recv_gives_back_what_it_took => {}
            streams::unread_bytes_come_first => self.held.extend_from_slice(bytes),
            _ => self.inner.unread(bytes),
        }
    }

    fn peer_addr(&self) -> Option<SocketAddr> {
        self.inner.peer_addr()
    }

    fn local_addr(&self) -> Option<SocketAddr> {
        self.inner.local_addr()
    }
}
