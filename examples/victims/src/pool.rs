//! A client that keeps its connection for the next question.
//!
//! The mistake: a question that was given up leaves its answer on the connection, where the next one
//! finds it. Seen in: redis-py, through which ChatGPT showed the titles of strangers' chats in March
//! 2023.

use runtime_traits::{Clock, Error, Listener, Network, Sink, Spawner, Stream};
use std::{net::SocketAddr, time::Duration};

const LIMIT: Duration = Duration::from_millis(300);

/// A client of one server.
pub struct Client<N: Network> {
    context: N,
    server: SocketAddr,
    idle: Option<(N::Sink, N::Stream)>,
}

impl<N: Network + Clock> Client<N> {
    /// A client without a connection.
    pub fn new(context: N, server: SocketAddr) -> Self {
        Self {
            context,
            server,
            idle: None,
        }
    }

    /// The value of a key.
    ///
    /// # Errors
    /// [`Error::Timeout`] when the answer takes too long; what the connection says.
    pub async fn get(&mut self, key: u64, fixed: bool) -> Result<u64, Error> {
        let (mut sink, mut stream) = match self.idle.take() {
            Some(connection) => connection,
            None => self.context.dial(self.server).await?,
        };
        let mut value = [0; 8];
        let exchange = async {
            sink.send(&key.to_be_bytes()).await?;
            stream.recv(&mut value).await
        };
        let exchanged = self.context.timeout(LIMIT, exchange).await.flatten();
        if exchanged.is_ok() || !fixed {
            self.idle = Some((sink, stream));
        }
        exchanged.map(|()| u64::from_be_bytes(value))
    }
}

/// Answers each question on each connection, with `value` of its key.
///
/// # Errors
/// What the listener says.
pub async fn serve<R: Network + Spawner>(
    context: R,
    socket: SocketAddr,
    value: fn(u64) -> u64,
) -> Result<(), Error> {
    let mut listener = context.bind(socket).await?;
    loop {
        let (_, mut sink, mut stream) = listener.accept().await?;
        context.spawn("connection", async move {
            let mut key = [0; 8];
            while stream.recv(&mut key).await.is_ok() {
                let value = value(u64::from_be_bytes(key));
                if sink.send(&value.to_be_bytes()).await.is_err() {
                    break;
                }
            }
        });
    }
}
