//! The half of a connection that sends.

use super::{Backend, Mutant, stream::IDLE};
use crate::defect::{audit, connections, network, simulation, streams};
use runtime_traits::{Error, Sink as _};
use std::{
    io::IoSlice,
    pin::Pin,
    task::{Context, Poll, ready},
};

pub(crate) struct Sink<C: Backend> {
    inner: C::Sink,
    context: Mutant<C>,
    is_closed: bool,
    is_poisoned: bool,
    idle: Option<Pin<Box<C::Sleep>>>,
}

impl<C: Backend> Sink<C> {
    pub(super) fn new(inner: C::Sink, context: Mutant<C>) -> Self {
        Self {
            inner,
            context,
            is_closed: false,
            is_poisoned: false,
            idle: None,
        }
    }

    fn poll_hidden_timeout(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let clock = &self.context.inner;
        let idle = self.idle.get_or_insert_with(|| Box::pin(clock.sleep(IDLE)));
        idle.as_mut().poll(cx)
    }

    /// Whether bytes are taken and go nowhere.
    fn swallows(&self) -> bool {
        let flaw = &self.context.flaw;
        flaw.is(streams::a_slow_reader_slows_its_writer)
            || self.is_closed && flaw.is(streams::after_close_send_is_closed)
            || self.is_poisoned && flaw.is(streams::a_poisoned_sink_is_closed)
    }
}

impl<C: Backend> runtime_traits::Sink for Sink<C> {
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let flaw = self.context.flaw.clone();
        let total = bufs.iter().map(|buf| buf.len()).sum();
        if self.swallows() {
            return Poll::Ready(Ok(total));
        }
        if total == 0 && flaw.is(streams::an_empty_send_is_ok) {
            return Poll::Pending;
        }
        let mut bufs = bufs.to_vec();
        if flaw.is(streams::poll_send_takes_buffers_in_order) {
            bufs.reverse();
        }
        let polled = self.inner.poll_send(cx, &bufs);
        if polled.is_pending() && flaw.is(simulation::a_send_waits_for_a_month) {
            ready!(self.poll_hidden_timeout(cx));
            return Poll::Ready(Err(Error::Timeout));
        }
        let sent = ready!(polled);
        if let Ok(sent) = sent {
            let bytes: Vec<u8> = bufs.iter().flat_map(|buf| buf.to_vec()).collect();
            flaw.note(audit::a_sent_payload_shows, &bytes[..sent]);
        }
        match sent {
            Err(Error::SendFailed(_))
                if flaw.is(connections::a_reset_is_an_error_on_both_halves) =>
            {
                Poll::Ready(Ok(total))
            }
            Err(Error::SendFailed(_))
                if flaw.is(streams::sending_to_nobody_fails_and_goes_on_failing) =>
            {
                Poll::Ready(Err(Error::Closed))
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
                    .context
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
        if self
            .context
            .flaw
            .is(connections::half_close_works_both_ways)
        {
            return Poll::Ready(Ok(()));
        }
        match ready!(self.inner.poll_close(cx)) {
            Err(Error::SendFailed(_))
                if self.context.flaw.is(streams::closing_what_broke_off_fails) =>
            {
                Poll::Ready(Ok(()))
            }
            closed => Poll::Ready(closed),
        }
    }

    fn poison(&mut self) {
        self.is_poisoned = true;
        match self.context.flaw.defect {
            streams::a_send_dropped_half_way_poisons
            | streams::a_send_failed_half_way_poisons
            | streams::poison_resets_the_connection => {}
            _ => self.inner.poison(),
        }
    }
}

impl<C: Backend> Drop for Sink<C> {
    fn drop(&mut self) {
        if self.context.flaw.is_any(&[
            streams::dropping_a_sink_closes_it,
            streams::what_was_sent_outlives_its_sender,
        ]) {
            self.inner.poison();
        }
    }
}
