//! A sink as something to write to. It knows no library.

use crate::error::into_io;
use runtime_traits::Sink;
use std::{
    io::{self, IoSlice},
    task::{Context, Poll},
};

/// Writes to a [`Sink`]: tokio's `AsyncWrite` with the feature `tokio-1`, futures' with
/// `futures-03`.
///
/// It keeps no bytes of its own: the sink is handed the writer's buffers, all of them when the write
/// is vectored. Shutting down (`shutdown` of tokio, `close` of futures) closes the sink: a half-close,
/// after which the other direction stays open. Dropping the writer drops the sink, which closes it
/// too.
///
/// A `write_all` that is dropped half-way leaves half a message behind and the sink open, other than
/// [`Sink::send`], which poisons it. Where that may happen, [`poison`](Sink::poison) the sink that
/// [`into_inner`](Self::into_inner) gives back.
#[derive(Debug)]
pub struct Writer<Si> {
    sink: Si,
}

impl<Si> Writer<Si> {
    /// Writes to `sink`.
    pub fn new(sink: Si) -> Self {
        Self { sink }
    }

    /// The sink.
    pub fn get_ref(&self) -> &Si {
        &self.sink
    }

    /// The sink, to send on it directly.
    pub fn get_mut(&mut self) -> &mut Si {
        &mut self.sink
    }

    /// The sink, with everything that was written handed to it.
    pub fn into_inner(self) -> Si {
        self.sink
    }
}

impl<Si: Sink> Writer<Si> {
    /// [`Sink::poll_send`] in the words of [`io`], for adapters to other libraries' traits: takes
    /// from `bufs` in their order and says how much. 0 of something means that the sink will take
    /// no more, which `write_all` reports as `WriteZero`.
    ///
    /// # Errors
    /// Those of `poll_send`, as [`into_io`] shows them; this and the next two.
    pub fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.sink.poll_send(cx, bufs).map_err(into_io)
    }

    /// [`Sink::poll_flush`] in the words of [`io`].
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.sink.poll_flush(cx).map_err(into_io)
    }

    /// [`Sink::poll_close`] in the words of [`io`].
    pub fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.sink.poll_close(cx).map_err(into_io)
    }
}

// A sink is polled through a plain reference: nothing here is pinned.
impl<Si> Unpin for Writer<Si> {}
