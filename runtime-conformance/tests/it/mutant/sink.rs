//! The half of a connection that sends.

use super::{Backend, Flaw};
use crate::defect::{connections, network};
use runtime_traits::{Error, Sink as _};
use std::{
    io::IoSlice,
    sync::Arc,
    task::{Context, Poll, ready},
};

pub(crate) struct Sink<C: Backend> {
    inner: C::Sink,
    flaw: Arc<Flaw>,
    is_closed: bool,
    is_poisoned: bool,
}

impl<C: Backend> Sink<C> {
    pub(super) fn new(inner: C::Sink, flaw: Arc<Flaw>) -> Self {
        Self {
            inner,
            flaw,
            is_closed: false,
            is_poisoned: false,
        }
    }

    /// Whether bytes are taken and go nowhere.
    fn swallows(&self) -> bool {
        self.flaw.is(connections::a_slow_reader_slows_its_writer)
            || self.is_closed && self.flaw.is(connections::after_close_send_is_closed)
            || self.is_poisoned && self.flaw.is(connections::a_poisoned_sink_is_closed)
    }
}

impl<C: Backend> runtime_traits::Sink for Sink<C> {
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let flaw = &self.flaw;
        let total = bufs.iter().map(|buf| buf.len()).sum();
        if self.swallows() {
            return Poll::Ready(Ok(total));
        }
        if total == 0 && flaw.is(connections::an_empty_send_is_ok) {
            return Poll::Pending;
        }
        let mut bufs = bufs.to_vec();
        if flaw.is(connections::poll_send_takes_buffers_in_order) {
            bufs.reverse();
        }
        match ready!(self.inner.poll_send(cx, &bufs)) {
            Err(Error::SendFailed(_))
                if flaw.is(connections::a_reset_is_an_error_on_both_halves) =>
            {
                Poll::Ready(Ok(total))
            }
            sent => Poll::Ready(flaw.unclosed(network::after_the_end_the_network_is_closed, sent)),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.swallows() {
            return Poll::Ready(Ok(()));
        }
        match ready!(self.inner.poll_flush(cx)) {
            Err(_)
                if self
                    .flaw
                    .is(connections::a_reset_is_an_error_on_both_halves) =>
            {
                Poll::Ready(Ok(()))
            }
            flushed => Poll::Ready(flushed),
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.is_closed = true;
        if self.flaw.is(connections::half_close_works_both_ways) {
            return Poll::Ready(Ok(()));
        }
        self.inner.poll_close(cx)
    }

    fn poison(&mut self) {
        self.is_poisoned = true;
        match self.flaw.defect {
            connections::a_send_dropped_half_way_poisons
            | connections::a_send_failed_half_way_poisons
            | connections::poison_resets_the_connection => {}
            _ => self.inner.poison(),
        }
    }
}

impl<C: Backend> Drop for Sink<C> {
    fn drop(&mut self) {
        if self.flaw.is(connections::dropping_a_sink_closes_it) {
            self.inner.poison();
        }
    }
}
