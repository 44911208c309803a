//! What the two halves of a connection share.

use super::{Sink, Stream};
use crate::{metrics::Meter, run::Run};
use runtime_traits::{Cause, Error};
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::{Arc, OnceLock},
};
use tokio::net::TcpStream;

/// What both halves know.
pub(super) struct Link {
    pub(super) run: Arc<Run>,
    pub(super) meter: Arc<Meter>,
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    /// How the connection broke off. The system tells one half only.
    pub(super) broken: OnceLock<ErrorKind>,
}

pub(super) fn split(
    run: &Arc<Run>,
    meter: Arc<Meter>,
    stream: TcpStream,
    peer: SocketAddr,
) -> io::Result<(Sink, Stream)> {
    let link = Arc::new(Link {
        run: run.clone(),
        meter,
        local: stream.local_addr()?,
        peer,
        broken: OnceLock::new(),
    });
    let (read, write) = stream.into_split();
    Ok((Sink::new(write, link.clone()), Stream::new(read, link)))
}

impl Link {
    /// Keeps how the connection broke off, for the half that the system does not tell.
    pub(super) fn note(&self, error: &io::Error) {
        // A broken pipe tells of a reset after a clean end, which the stream still may read, or
        // repeats what was noted before.
        if error.kind() != ErrorKind::BrokenPipe {
            let _ = self.broken.set(error.kind());
        }
    }

    /// What an end of the stream means.
    pub(super) fn end(&self) -> Result<usize, Error> {
        match self.broken.get() {
            Some(kind) => Err(Error::RecvFailed(Cause::from(*kind))),
            None => Ok(0),
        }
    }
}
