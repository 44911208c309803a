//! What is asked of another library's byte I/O so that it can be split. It knows no library.

use std::{
    io::{self, IoSlice},
    task::{Context, Poll},
};

/// Bytes in and out of one object, in the words of [`io`]: what [`split`](crate::split) splits.
///
/// `Tokio` and `Futures`, with their features, make one of any `AsyncRead + AsyncWrite` of these
/// libraries. Implement it for what has neither. Errors of kind `WouldBlock` or `Interrupted` may not
/// be returned: wait, or try again.
///
/// The two directions are polled by two tasks, never at the same time.
pub trait Duplex {
    /// Reads at least one byte into `buf`, which is not empty; 0 is the end.
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Takes at least one byte from `bufs`, the first of which is not empty; 0 when it will never
    /// take any more.
    fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>])
    -> Poll<io::Result<usize>>;

    /// Hands on what was taken.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Flushes, and says that nothing more will be written. Reading stays possible.
    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}
