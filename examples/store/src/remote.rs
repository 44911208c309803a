//! Another server, to be called.

use crate::{
    error::Error,
    frame::{self, Failure},
    limits::{CALL_LIMIT, DIAL_LIMIT},
    message::Ask,
};
use runtime_traits::{Clock, Network};
use std::net::SocketAddr;

/// A server's address, and the connection to it while there is one.
pub(crate) struct Remote<C: Network> {
    context: C,
    address: SocketAddr,
    connection: Option<(C::Sink, C::Stream)>,
}

impl<C: Network + Clock> Remote<C> {
    pub(crate) fn new(context: C, address: SocketAddr) -> Self {
        Self {
            context,
            address,
            connection: None,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks, over a new connection if there is none, and waits for the answer.
    ///
    /// A call that fails or is cancelled costs the connection: nobody could tell which answer the
    /// next one on it would be.
    pub(crate) async fn call<A: Ask>(&mut self, ask: A) -> Result<A::Answer, Error> {
        let (mut sink, mut stream) = match self.connection.take() {
            Some(connection) => connection,
            None => self.dial().await?,
        };
        let request = ask.into_request();
        let exchange = async {
            frame::send(&mut sink, &request).await?;
            frame::recv(&mut stream).await
        };
        let answer = self.context.timeout(CALL_LIMIT, exchange).await;
        let answer = answer
            .map_err(Failure::Broken)
            .flatten()
            .map_err(|failure| self.failed(failure))?;
        self.connection = Some((sink, stream));
        Ok(answer)
    }

    async fn dial(&self) -> Result<(C::Sink, C::Stream), Error> {
        let dial = self.context.dial(self.address);
        let connection = self.context.timeout(DIAL_LIMIT, dial).await;
        let connection = connection.flatten();
        connection.map_err(|error| Error::Call(self.address, error))
    }

    fn failed(&self, failure: Failure) -> Error {
        match failure {
            Failure::Broken(error) => Error::Call(self.address, error),
            Failure::Malformed(malformed) => Error::Malformed(self.address, malformed),
        }
    }
}
