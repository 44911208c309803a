//! What is said on a connection: one request, one answer, in turns.

pub(crate) mod client;
pub(crate) mod peer;

use crate::wire::{Input, Malformed, Wire};

/// A request, and what may be answered to it.
pub(crate) trait Ask: Clone + Send + Sync + 'static {
    type Answer: Wire + Send;

    /// The request as it is sent.
    fn into_request(self) -> Request;
}

/// What a server is asked, by another server or by a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    Peer(peer::Request),
    Client(client::Request),
}

impl Wire for Request {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Peer(request) => {
                1_u8.encode(out);
                request.encode(out);
            }
            Self::Client(request) => {
                2_u8.encode(out);
                request.encode(out);
            }
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        match u8::decode(input)? {
            1 => Wire::decode(input).map(Self::Peer),
            2 => Wire::decode(input).map(Self::Client),
            tag => Err(Malformed::Tag("request", tag)),
        }
    }
}

#[cfg(test)]
mod tests;
