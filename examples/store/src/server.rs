//! A server: its disk, its links to the others, and whoever connects.

use crate::{
    beacon,
    config::Config,
    disk::Disk,
    error::Error,
    limits::{BATCH_LIMIT, SESSION_LIMIT},
    link,
    monitor::Monitor,
    remote::Remote,
    replica::{Replica, Sizes},
    session::Session,
};
use runtime_macros::select;
use runtime_traits::{Buggify, Datagrams, Handle, Listener, Runtime};
use std::net::SocketAddr;

/// Runs a server until the runtime is told to [stop](runtime_traits::Spawner::stop).
///
/// It starts as a backup, whatever it was before, and serves clients once it is promoted. When it
/// is stopped, nothing that it acknowledged is left to be written. Dropping the future ends the
/// server as a crash does.
///
/// # Errors
/// [`Error::Config`], [`Error::Listen`]; [`Error::Disk`] and [`Error::Corrupt`] when the disk fails
/// or holds something else than a server's data.
pub async fn serve<C: Runtime + Datagrams>(context: C, config: Config) -> Result<(), Error> {
    config.check()?;
    let (disk, contents) = Disk::open(&context, &config.partition).await?;
    let listener = context.bind(config.listen).await.map_err(Error::Listen)?;
    let sizes = sizes(&context, &config);
    let replica = Replica::new(config.id, sizes, contents.epoch, contents.records);
    let replica = Monitor::new(replica);
    let session = Session {
        context: context.clone(),
        replica: replica.clone(),
        servers: config.servers.as_slice().into(),
    };
    let links = connect(&context, &replica, &config);
    let beacon = beacon::run(context.clone(), replica.clone(), config);
    let beacon = Owned(context.spawn("beacon", beacon));
    let disk = disk.run(replica, context.stopped());
    let disk = Owned(context.spawn("disk", disk));
    let result = accept(&context, listener, session, disk).await;
    drop((links, beacon));
    result
}

fn sizes<C: Buggify>(context: &C, config: &Config) -> Sizes {
    let batch = context.knob("store/batch", BATCH_LIMIT as u64, 1..=4096);
    Sizes {
        servers: config.servers.len() as u16,
        majority: config.majority(),
        fence: config.fence(),
        batch: batch as usize,
        write: context.knob("store/write", u64::MAX, 1..=3),
    }
}

/// Starts a link to each of the other servers.
fn connect<C: Runtime>(context: &C, replica: &Monitor<Replica>, config: &Config) -> Vec<Owned<()>> {
    let peers = (1..).zip(&config.servers);
    let peers = peers.filter(|(peer, _)| *peer != config.id);
    let link = |(peer, address): (u16, &SocketAddr)| {
        let remote = Remote::new(context.clone(), *address);
        let link = link::run(context.clone(), replica.clone(), peer, remote);
        Owned(context.spawn("link", link))
    };
    peers.map(link).collect()
}

/// Starts a session for each connection, until the disk's task ends: when the server is stopped, or
/// when the disk fails.
async fn accept<C: Runtime>(
    context: &C,
    mut listener: C::Listener,
    session: Session<C>,
    mut disk: Owned<Result<(), Error>>,
) -> Result<(), Error> {
    let mut sessions = Vec::new();
    loop {
        let accepted = select! {
            ended = &mut disk.0 => return ended.map_err(Error::Task).flatten(),
            accepted = listener.accept() => accepted,
        };
        let (_, sink, stream) = accepted.map_err(Error::Listen)?;
        sessions.retain(|session: &Owned<()>| !session.0.is_finished());
        // Beyond the limit a connection is dropped at once: its client tries again, or elsewhere.
        if sessions.len() < SESSION_LIMIT {
            let session = session.clone().run(sink, stream);
            sessions.push(Owned(context.spawn("session", session)));
        }
    }
}

/// A task that ends with its owner.
struct Owned<T>(Handle<T>);

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
