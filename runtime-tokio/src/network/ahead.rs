//! Reading a little more than was asked for, in the same call of the system: a connection that then
//! has nothing left is known for it, and need not be asked again.

use std::{
    io,
    task::{Context, Poll},
};
use tokio::net::tcp::OwnedReadHalf;

/// What came beyond what was asked for.
#[derive(Default)]
pub(super) struct Ahead {
    bytes: Vec<u8>,
    /// How many of them were handed on.
    taken: usize,
}

/// The most bytes that are read beyond what was asked for.
const MOST: usize = 512;
/// Whoever asks for this much is not helped by a little more.
const LARGE: usize = 4096;

impl Ahead {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Hands on what is there.
    pub(super) fn take(&mut self, buf: &mut [u8]) -> usize {
        let left = &self.bytes[self.taken..];
        let len = left.len().min(buf.len());
        buf[..len].copy_from_slice(&left[..len]);
        self.taken += len;
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
        }
        len
    }

    /// Reads what has come, at least one byte, and 0 at the end. It is called when nothing is there.
    ///
    /// By one `recv` into one buffer and a copy: the system takes longer to look at two buffers than
    /// it takes to copy what they hold.
    #[cfg(target_os = "linux")]
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        half: &mut OwnedReadHalf,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        use rustix::net::{RecvFlags, recv};
        use std::{mem::MaybeUninit, task::ready};
        use tokio::{io::Interest, net::TcpStream};
        if buf.len() >= LARGE {
            return poll_read(cx, half, buf);
        }
        let stream: &TcpStream = half.as_ref();
        let mut space = [const { MaybeUninit::uninit() }; LARGE + MOST];
        let space = &mut space[..buf.len() + MOST];
        loop {
            ready!(stream.poll_read_ready(cx))?;
            let mut read = None;
            let tried = stream.try_io(Interest::READABLE, || {
                let ((bytes, rest), _) = recv(stream, &mut *space, RecvFlags::empty())?;
                let (now, later) = bytes.split_at(bytes.len().min(buf.len()));
                buf[..now.len()].copy_from_slice(now);
                self.bytes.extend_from_slice(later);
                read = Some(now.len());
                // What filled less than it could was all there is: it says so to tokio, which then
                // waits for the system to tell of more.
                match now.is_empty() || rest.is_empty() {
                    true => Ok(()),
                    false => Err(io::ErrorKind::WouldBlock.into()),
                }
            });
            match (read, tried) {
                (Some(len), _) => return Poll::Ready(Ok(len)),
                (None, Err(error)) if error.kind() != io::ErrorKind::WouldBlock => {
                    return Poll::Ready(Err(error));
                }
                // Somebody told too early.
                (None, _) => {}
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        half: &mut OwnedReadHalf,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        poll_read(cx, half, buf)
    }
}

fn poll_read(
    cx: &mut Context<'_>,
    half: &mut OwnedReadHalf,
    buf: &mut [u8],
) -> Poll<io::Result<usize>> {
    use std::pin::Pin;
    use tokio::io::{AsyncRead, ReadBuf};
    let mut buf = ReadBuf::new(buf);
    let read = Pin::new(half).poll_read(cx, &mut buf);
    read.map_ok(|()| buf.filled().len())
}
