//! The end that receives.

use crate::{
    Channel, Script,
    script::{Play, Turn},
};
use runtime_traits::Error;
use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

/// The receiving end of a [`Channel`].
///
/// Bytes that were given back are received first, and pass the script by: it has counted them.
/// Dropping the stream breaks the sink's pipe; bytes unread are lost.
#[derive(Debug)]
pub struct Stream {
    channel: Arc<Channel>,
    play: Play,
    given_back: Vec<u8>,
}

impl Stream {
    pub(crate) fn new(channel: Arc<Channel>, script: Script) -> Self {
        Self {
            channel,
            play: Play::new(script),
            given_back: Vec::new(),
        }
    }
}

impl runtime_traits::Stream for Stream {
    fn poll_recv(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Error>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if !self.given_back.is_empty() {
            let count = buf.len().min(self.given_back.len());
            buf[..count].copy_from_slice(&self.given_back[..count]);
            self.given_back.drain(..count);
            return Poll::Ready(Ok(count));
        }
        match self.play.turn() {
            Turn::Move { at_most } => {
                let count = buf.len().min(at_most);
                let count = ready!(self.channel.poll_read(cx, &mut buf[..count]))?;
                self.play.moved(count);
                Poll::Ready(Ok(count))
            }
            Turn::Wait => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Turn::Fail(kind) => {
                self.channel.abandon();
                Poll::Ready(Err(Error::RecvFailed(kind.into())))
            }
            Turn::End => {
                self.channel.abandon();
                Poll::Ready(Ok(0))
            }
        }
    }

    fn unread(&mut self, bytes: &[u8]) {
        self.given_back.splice(..0, bytes.iter().copied());
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.channel.abandon();
    }
}
