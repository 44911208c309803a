//! A client: it finds the primary, and tries again until it succeeds or its time is up.

use crate::{
    backoff::Backoff,
    epoch::Epoch,
    error::Error,
    limits::CLIENT_LIMIT,
    message::client::{Answer, Request},
    record::{Put, Record, check_size},
    remote::Remote,
    status::Status,
};
use runtime_traits::Runtime;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// A client of the store. One call at a time; for more, make more clients.
pub struct Client<C: Runtime> {
    context: C,
    servers: Vec<SocketAddr>,
    /// Which of them is tried when nobody knows who is primary.
    turn: usize,
    /// Whom it asks: the primary, as far as it knows.
    target: Remote<C>,
    id: u64,
    sequence: u64,
    limit: Duration,
}

impl<C: Runtime> Client<C> {
    /// A client of the store that `servers` keep. It needs not know all of them, for they know each
    /// other.
    ///
    /// # Errors
    /// [`Error::Config`] when there are none.
    pub fn new(context: C, servers: &[SocketAddr]) -> Result<Self, Error> {
        let Some(first) = servers.first() else {
            return Err(Error::Config("no servers: list at least one".into()));
        };
        Ok(Self {
            servers: servers.into(),
            turn: 0,
            target: Remote::new(context.clone(), *first),
            id: context.next_u64(),
            sequence: 0,
            limit: CLIENT_LIMIT,
            context,
        })
    }

    /// Gives up each call after `limit`. Default: 30 s.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sets `key` to `value`. When it returns, a majority of the servers has that on disk.
    ///
    /// # Errors
    /// [`Error::Invalid`] when key or value is too long. [`Error::Unavailable`] when no primary
    /// answered in time: the put may then still take effect, but never after a later put of this
    /// client. The same holds when the future is dropped.
    pub async fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        check_size(key, value).map_err(Error::Invalid)?;
        self.sequence += 1;
        let put = Put {
            client: self.id,
            sequence: self.sequence,
            key: key.into(),
            value: value.into(),
        };
        match self.ask_primary(Request::Put(put)).await? {
            Answer::Stored => Ok(()),
            _ => Err(self.unexpected()),
        }
    }

    /// The value of `key`: that of the last put that returned before this call, or of a later one.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the key is too long; [`Error::Unavailable`] when no primary answered
    /// in time.
    pub async fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        check_size(key, &[]).map_err(Error::Invalid)?;
        match self.ask_primary(Request::Get { key: key.into() }).await? {
            Answer::Value { value } => Ok(value),
            _ => Err(self.unexpected()),
        }
    }

    /// Makes `server` the primary. A majority of the servers must be up.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it did not become primary in time, or another one was promoted
    /// after it. It may still become primary, and the primary that there was may give way to nobody:
    /// promote again.
    pub async fn promote(&mut self, server: SocketAddr) -> Result<Epoch, Error> {
        let mut remote = Remote::new(self.context.clone(), server);
        let mut last = None;
        let promotion = async {
            let mut backoff = Backoff::new();
            loop {
                match ask(&mut remote, Request::Promote).await {
                    Ok(Answer::Promoted { epoch }) => return Ok(epoch),
                    Ok(_) => return Err(Error::Unexpected(server)),
                    Err(failure) => last = Some(failure.passing()?.0),
                }
                self.context.sleep(backoff.next(&self.context)).await;
            }
        };
        let promoted = self.context.timeout(self.limit, promotion).await;
        promoted.unwrap_or_else(|_| Err(Error::Unavailable(self.limit, last.map(Box::new))))
    }

    /// What `server` says of itself.
    ///
    /// # Errors
    /// [`Error::Call`] and [`Error::Malformed`]; it is asked once.
    pub async fn status(&mut self, server: SocketAddr) -> Result<Status, Error> {
        let mut remote = Remote::new(self.context.clone(), server);
        match remote.call(Request::Status).await? {
            Answer::Status(status) => Ok(status),
            _ => Err(Error::Unexpected(server)),
        }
    }

    /// The records on `server`'s disk, committed or not, from the first on.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub async fn records(&mut self, server: SocketAddr) -> Result<Vec<Arc<Record>>, Error> {
        let mut remote = Remote::new(self.context.clone(), server);
        let mut all = Vec::new();
        loop {
            let start = all.len() as u64;
            match remote.call(Request::Records { start }).await? {
                Answer::Records { records } if records.is_empty() => return Ok(all),
                Answer::Records { records } => all.extend(records),
                _ => return Err(Error::Unexpected(server)),
            }
        }
    }

    /// Asks one server after the other until the primary has answered, or the limit is over.
    async fn ask_primary(&mut self, request: Request) -> Result<Answer, Error> {
        let (context, limit) = (self.context.clone(), self.limit);
        let mut last = None;
        let answer = context
            .timeout(limit, self.search(request, &mut last))
            .await;
        answer.unwrap_or_else(|_| Err(Error::Unavailable(limit, last.map(Box::new))))
    }

    async fn search(
        &mut self,
        request: Request,
        last: &mut Option<Error>,
    ) -> Result<Answer, Error> {
        let mut backoff = Backoff::new();
        loop {
            let failure = match ask(&mut self.target, request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let (error, primary) = failure.passing()?;
            *last = Some(error);
            self.turn_to(primary);
            self.context.sleep(backoff.next(&self.context)).await;
        }
    }

    /// Asks `primary` next, or when nobody knows it the next server in the list.
    fn turn_to(&mut self, primary: Option<SocketAddr>) {
        let server = primary.unwrap_or_else(|| {
            self.turn = (self.turn + 1) % self.servers.len();
            self.servers[self.turn]
        });
        if server != self.target.address() {
            self.target = Remote::new(self.context.clone(), server);
        }
    }

    fn unexpected(&self) -> Error {
        Error::Unexpected(self.target.address())
    }
}

/// Why one server did not do what it was asked.
enum Failure {
    /// It never will.
    Final(Error),
    /// Another one may, or the same one later. Perhaps it says who is primary.
    Passing(Error, Option<SocketAddr>),
}

impl Failure {
    fn passing(self) -> Result<(Error, Option<SocketAddr>), Error> {
        match self {
            Self::Final(error) => Err(error),
            Self::Passing(error, primary) => Ok((error, primary)),
        }
    }
}

async fn ask<C: Runtime>(remote: &mut Remote<C>, request: Request) -> Result<Answer, Failure> {
    let server = remote.address();
    match remote.call(request).await {
        Ok(Answer::NotPrimary { primary }) => {
            Err(Failure::Passing(Error::NotPrimary(server), primary))
        }
        Ok(Answer::Unavailable) => Err(Failure::Passing(Error::NoMajority(server), None)),
        Ok(Answer::Invalid { reason }) => Err(Failure::Final(Error::Invalid(reason))),
        Ok(answer) => Ok(answer),
        Err(error) => Err(Failure::Passing(error, None)),
    }
}
