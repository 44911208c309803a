//! Messages on a connection: a length of four bytes, then so many bytes.

use crate::{
    limits::FRAME_LIMIT,
    wire::{Malformed, Wire},
};
use runtime_traits::{Sink, Stream};

/// Why no message came.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection failed or ended.
    Broken(runtime_traits::Error),
    /// Something else than a message came.
    Malformed(Malformed),
}

impl From<runtime_traits::Error> for Failure {
    fn from(error: runtime_traits::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Sends `message` in one frame.
pub(crate) async fn send(
    sink: &mut impl Sink,
    message: &impl Wire,
) -> Result<(), runtime_traits::Error> {
    let mut frame = vec![0; size_of::<u32>()];
    message.encode(&mut frame);
    let length = (frame.len() - size_of::<u32>()) as u32;
    frame[..size_of::<u32>()].copy_from_slice(&length.to_be_bytes());
    sink.send(&frame).await
}

/// Receives a frame. Cancelled, it may leave half of one behind: the connection is then of no use.
pub(crate) async fn recv<T: Wire>(stream: &mut impl Stream) -> Result<T, Failure> {
    let mut length = [0; size_of::<u32>()];
    stream.recv(&mut length).await?;
    let length = u32::from_be_bytes(length);
    // Who speaks another protocol must not make this server reserve gigabytes.
    if length > FRAME_LIMIT {
        return Err(Malformed::Frame(length).into());
    }
    let mut message = vec![0; length as usize];
    stream.recv(&mut message).await?;
    Ok(T::from_bytes(&message)?)
}

#[cfg(test)]
mod tests;
