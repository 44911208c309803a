//! A stream as something to read from. It knows no library.

use crate::error::into_io;
use runtime_traits::Stream;
use std::{
    io,
    task::{Context, Poll},
};

/// Reads from a [`Stream`]: tokio's `AsyncRead` with the feature `tokio-1`, futures' with
/// `futures-03`.
///
/// It keeps no bytes of its own: what is read goes from the stream into the reader's buffer, and a
/// read that is dropped has taken nothing. So there is nothing to lose in
/// [`into_inner`](Self::into_inner) either. Of a tokio buffer that is not initialized, a read fills
/// 64 KiB at most.
#[derive(Debug)]
pub struct Reader<St> {
    stream: St,
}

impl<St> Reader<St> {
    /// Reads from `stream`, from where it is.
    pub fn new(stream: St) -> Self {
        Self { stream }
    }

    /// The stream, for its addresses.
    pub fn get_ref(&self) -> &St {
        &self.stream
    }

    /// The stream, to receive from it directly.
    pub fn get_mut(&mut self) -> &mut St {
        &mut self.stream
    }

    /// The stream, from where it has been read to.
    pub fn into_inner(self) -> St {
        self.stream
    }
}

impl<St: Stream> Reader<St> {
    /// [`Stream::poll_recv`] in the words of [`io`], for adapters to other libraries' traits: at
    /// least one byte, 0 at the clean end and for an empty `buf`.
    ///
    /// # Errors
    /// Those of `poll_recv`, as [`into_io`] shows them.
    pub fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        self.stream.poll_recv(cx, buf).map_err(into_io)
    }
}

// A stream is polled through a plain reference: nothing here is pinned.
impl<St> Unpin for Reader<St> {}
