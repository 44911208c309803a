//! A question and its answer over a connection of their own, as most of the victims talk. It has no
//! mistake.

use runtime_traits::{Clock, Error, Listener, Network, Sink, Stream};
use std::{net::SocketAddr, time::Duration};

/// What is asked and what is answered.
pub type Words = [u64; 3];

const LEN: usize = size_of::<Words>();
/// How long a question may take to arrive once its connection did.
const LIMIT: Duration = Duration::from_secs(1);

/// Asks once. It waits as long as the connection lasts.
///
/// # Errors
/// What dialling, sending and receiving say. The question may have been heard all the same.
pub async fn ask<N: Network>(
    context: &N,
    server: SocketAddr,
    question: Words,
) -> Result<Words, Error> {
    let (mut sink, mut stream) = context.dial(server).await?;
    sink.send(&bytes(question)).await?;
    let mut answer = [0; LEN];
    stream.recv(&mut answer).await?;
    Ok(words(answer))
}

/// The questions that come in, one after the other.
pub struct Calls<N: Network> {
    context: N,
    listener: N::Listener,
}

/// A question that waits for its answer.
pub struct Call<N: Network> {
    /// What is asked.
    pub question: Words,
    sink: N::Sink,
    _stream: N::Stream,
}

impl<N: Network + Clock> Calls<N> {
    /// Listens at `socket`.
    ///
    /// # Errors
    /// [`Error::BindFailed`] where somebody else does.
    pub async fn bind(context: &N, socket: SocketAddr) -> Result<Self, Error> {
        Ok(Self {
            context: context.clone(),
            listener: context.bind(socket).await?,
        })
    }

    /// The next question. Who dials and asks nothing is hung up on.
    ///
    /// # Errors
    /// What accepting says.
    pub async fn next(&mut self) -> Result<Call<N>, Error> {
        loop {
            let (_, sink, mut stream) = self.listener.accept().await?;
            let mut question = [0; LEN];
            let heard = self.context.timeout(LIMIT, stream.recv(&mut question));
            if heard.await.flatten().is_ok() {
                return Ok(Call {
                    question: words(question),
                    sink,
                    _stream: stream,
                });
            }
        }
    }
}

impl<N: Network> Call<N> {
    /// Answers. Whether the answer arrives is not known.
    pub async fn answer(mut self, answer: Words) {
        let _ = self.sink.send(&bytes(answer)).await;
    }
}

/// Words as they are sent.
pub fn bytes(words: Words) -> [u8; LEN] {
    let mut bytes = [0; LEN];
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

/// Words as they were sent.
pub fn words(bytes: [u8; LEN]) -> Words {
    let mut words = [0; 3];
    for (word, place) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = place
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}
