//! One connection to a server, and the answers to what comes on it.

use crate::{
    epoch::Epoch,
    frame::{self, Failure},
    limits::{CALL_LIMIT, IDLE_LIMIT, SERVE_LIMIT},
    message::{Request, client, peer},
    monitor::Monitor,
    record::{Put, check_size},
    replica::{Rejection, Replica},
    wire::Wire,
};
use runtime_traits::{Buggify, Clock, Error, Random, Sink, Stream};
use std::{net::SocketAddr, sync::Arc};

/// What a session needs of its server.
#[derive(Clone)]
pub(crate) struct Session<C> {
    pub(crate) context: C,
    pub(crate) replica: Monitor<Replica>,
    pub(crate) servers: Arc<[SocketAddr]>,
}

impl<C: Clock + Random + Buggify> Session<C> {
    /// Answers requests until the connection ends, is silent for too long or makes no sense.
    pub(crate) async fn run(self, mut sink: impl Sink, mut stream: impl Stream) {
        // Why a session ends is the other end's business: it notices, and a server goes on.
        while self.turn(&mut sink, &mut stream).await.is_ok() {}
    }

    async fn turn(&self, sink: &mut impl Sink, stream: &mut impl Stream) -> Result<(), Failure> {
        let request = frame::recv(stream);
        match self.context.timeout(IDLE_LIMIT, request).await?? {
            Request::Peer(request) => {
                let answer = self.context.timeout(SERVE_LIMIT, self.serve_peer(request));
                // A peer that hears nothing asks again.
                self.send(sink, &answer.await?).await
            }
            Request::Client(request) => {
                let answer = self
                    .context
                    .timeout(SERVE_LIMIT, self.serve_client(request));
                let answer = answer.await.unwrap_or(client::Answer::Unavailable);
                self.send(sink, &answer).await
            }
        }
    }

    async fn send(&self, sink: &mut impl Sink, answer: &impl Wire) -> Result<(), Failure> {
        // What was asked has been done, and nobody hears of it.
        if self.context.buggify("session/hang-up") {
            return Err(Failure::Broken(Error::Closed));
        }
        let sent = self.context.timeout(CALL_LIMIT, frame::send(sink, answer));
        Ok(sent.await??)
    }

    async fn serve_peer(&self, request: peer::Request) -> peer::Answer {
        let answer = match request {
            peer::Request::Fence { epoch } => self.fence(epoch).await,
            peer::Request::Append(append) => self.append(append).await,
            peer::Request::Fetch { epoch, after } => self
                .replica
                .update(|replica| replica.fetch(epoch, after))
                .map(|records| peer::Answer::Records { records }),
        };
        answer.unwrap_or_else(|rejection| match rejection {
            Rejection::Earlier(epoch) => peer::Answer::Refused { epoch },
            Rejection::Gap(length) => peer::Answer::Gap { length },
        })
    }

    async fn fence(&self, epoch: Epoch) -> Result<peer::Answer, Rejection> {
        let promise = self.replica.update(|replica| replica.fence(epoch))?;
        let position = self.replica.until(|replica| replica.kept(promise)).await?;
        Ok(peer::Answer::Fenced { position })
    }

    async fn append(&self, append: peer::Append) -> Result<peer::Answer, Rejection> {
        let promise = self.replica.update(|replica| replica.append(&append))?;
        let position = self.replica.until(|replica| replica.kept(promise)).await?;
        let length = position.length;
        Ok(peer::Answer::Appended { length })
    }

    async fn serve_client(&self, request: client::Request) -> client::Answer {
        match request {
            client::Request::Put(put) => self.put(put).await,
            client::Request::Get { key } => self.get(&key).await,
            client::Request::Promote => self.promote().await,
            client::Request::Status => client::Answer::Status(self.replica.read(Replica::status)),
            client::Request::Records { start } => client::Answer::Records {
                records: self.replica.read(|replica| replica.records(start)),
            },
        }
    }

    async fn put(&self, put: Put) -> client::Answer {
        if let Err(reason) = check_size(&put.key, &put.value) {
            return client::Answer::Invalid { reason };
        }
        let Ok(position) = self.replica.update(|replica| replica.put(put)) else {
            return self.not_primary();
        };
        let acknowledged = self.replica.until(|replica| replica.acknowledged(position));
        match acknowledged.await {
            Ok(()) => client::Answer::Stored,
            Err(_) => self.not_primary(),
        }
    }

    async fn get(&self, key: &[u8]) -> client::Answer {
        let Ok(read) = self.replica.update(Replica::begin_read) else {
            return self.not_primary();
        };
        let value = self.replica.until(|replica| replica.finish_read(read, key));
        match value.await {
            Ok(value) => client::Answer::Value { value },
            Err(_) => self.not_primary(),
        }
    }

    async fn promote(&self) -> client::Answer {
        let draw = self.context.next_u64() as u32;
        let epoch = self.replica.update(|replica| replica.promote(draw));
        match self.replica.until(|replica| replica.promoted(epoch)).await {
            Ok(()) => client::Answer::Promoted { epoch },
            Err(_) => self.not_primary(),
        }
    }

    /// Points to the primary of the latest epoch, unless that is this server, which was restarted.
    fn not_primary(&self) -> client::Answer {
        let (id, epoch) = self.replica.read(|replica| (replica.id(), replica.epoch()));
        let place = usize::from(epoch.primary).checked_sub(1);
        let place = place.filter(|_| epoch.primary != id);
        let primary = place.and_then(|place| self.servers.get(place)).copied();
        client::Answer::NotPrimary { primary }
    }
}
