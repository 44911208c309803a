//! The test's hand on the simulated world.

use crate::{Context, Cut, FaultKind, Host, Link, kernel::Kernel, network::Hand};
use std::fmt;

/// The hosts of a run. Got from the root's [`Context::world`].
#[derive(Clone)]
pub struct World {
    root: Context,
}

impl World {
    pub(crate) fn new(root: Context) -> Self {
        Self { root }
    }

    /// Makes a host and starts `boot` on it, now and again at each restart. `boot` is given the
    /// context of that life, and what it returns goes to [`Host::wait`].
    ///
    /// Tasks that `boot` has spawned run on after it has returned, whereas in production the end of the
    /// root drops them. A server that returns because it cannot go on ends its tasks before it does:
    /// until then they answer its peers, and nobody starts it again ([`supervise`](Self::supervise)).
    ///
    /// # Errors
    /// [`WorldError::HostExists`] when there is a host of this name, as `root` always is;
    /// [`WorldError::RunEnded`].
    #[track_caller]
    pub fn host<F, Fut>(&self, name: &str, boot: F) -> Result<Host<Fut::Output>, WorldError>
    where
        F: FnMut(Context) -> Fut + Send + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        Host::start(self.root.clone(), name, boot)
    }

    /// Hosts whose processes are started again, 100 ms after they ended by themselves, as a
    /// supervisor does: the boot function returned and none of the host's tasks is left, or a panic
    /// that is caught ([`Config::panics`](crate::Config::panics)) ended it. So a server that gives up
    /// on a full disk comes back, and finds what it had made durable. It lasts until the run ends, and
    /// a process that ended before the call is started again too.
    ///
    /// One that was told to [stop](runtime_traits::Spawner::stop) is left alone. So is one that
    /// crashed: who crashed it restarts it, the test or the run's [`Faults`](crate::Faults). One that
    /// is paused waits for its resumption. Hosts of which this was never said stay as they ended, since
    /// to end may be what they are for.
    ///
    /// A process that ends again each time keeps a run going in which all else waits for ever: that is
    /// no deadlock then, and only [`Config::timeout`](crate::Config::timeout) ends it.
    ///
    /// ```
    /// # use runtime_deterministic::{Context, DiskOp, Executor};
    /// # use runtime_traits::{Clock, Runner, Storage};
    /// # use std::time::Duration;
    /// # let (runner, context, _) = Executor::default();
    /// # runner.start(async move {
    /// let world = context.world();
    /// let boot = |context: Context| async move { context.open("wal", b"log").await.map(drop) };
    /// let db = world.host("db", boot)?;
    /// world.supervise(&["db"])?;
    /// db.disk().fail_next(DiskOp::Open);
    /// assert!(db.wait().await.unwrap().is_err());
    /// context.sleep(Duration::from_millis(100)).await;
    /// assert!(db.wait().await.unwrap().is_ok());
    /// # Ok::<_, runtime_deterministic::WorldError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`WorldError::UnknownHost`] when a host was not made yet, and then none is supervised;
    /// [`WorldError::RunEnded`].
    pub fn supervise(&self, hosts: &[&str]) -> Result<(), WorldError> {
        self.drive(|kernel| {
            for host in numbers(kernel, hosts)? {
                kernel.supervise(host);
            }
            Ok(())
        })
    }

    /// The way from one host to another, in this direction only, to set how it behaves. From a host
    /// to itself it is that host's loopback. The test's own host is `root`.
    ///
    /// # Errors
    /// [`WorldError::UnknownHost`] when no host of that name was made yet; [`WorldError::RunEnded`].
    pub fn link(&self, from: &str, to: &str) -> Result<Link, WorldError> {
        let hosts = self.drive(|kernel| Ok([number(kernel, from)?, number(kernel, to)?]))?;
        Ok(Link::new(self.root.clone(), hosts, [from, to]))
    }

    /// Parts the hosts of one group from those of the other, both ways, until [`heal`](Self::heal).
    ///
    /// From the call on nothing crosses, what is on its way neither. Streams stall and lose no byte:
    /// TCP sends again, after 200 ms at first, then twice as long each time up to 120 s. A stream
    /// that sent what was not answered for 924.6 s (Linux's `tcp_retries2` of 15) breaks on the
    /// sender's side with kind [`TimedOut`](std::io::ErrorKind::TimedOut); the other side hears of
    /// it when it sends. One that sends nothing notices nothing. A dial sends again after 1 s, 2 s,
    /// 4 s and so on, and fails after 127 s (`tcp_syn_retries` of 6) with the same kind. After the
    /// partition a stream goes on when TCP sends the next time, up to 120 s later.
    ///
    /// A host in both groups is parted from itself as well.
    ///
    /// ```
    /// # use runtime_deterministic::Executor;
    /// # use runtime_traits::Runner;
    /// # use std::future::pending;
    /// # let (runner, context, _) = Executor::default();
    /// # runner.start(async move {
    /// let world = context.world();
    /// for name in ["db-1", "db-2", "db-3"] {
    ///     world.host(name, |_| pending::<()>())?;
    /// }
    /// world.partition(&["db-1"], &["db-2", "db-3"])?;
    /// world.heal();
    /// # Ok::<_, runtime_deterministic::WorldError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`WorldError::UnknownHost`] when a host was not made yet, and then nothing is done; hosts
    /// that are made later are on no side. [`WorldError::RunEnded`].
    pub fn partition(&self, one: &[&str], other: &[&str]) -> Result<(), WorldError> {
        self.part(both, one, other, FaultKind::Partition)
    }

    /// As [`partition`](Self::partition), in one direction: nothing from the first group reaches the
    /// second. What the second sends arrives; but since the answers do not, its streams stall too,
    /// and break in the end.
    ///
    /// # Errors
    /// As [`partition`](Self::partition).
    pub fn partition_one_way(&self, from: &[&str], to: &[&str]) -> Result<(), WorldError> {
        self.part(each, from, to, FaultKind::OneWay)
    }

    /// Holds what goes between the hosts of two groups, both ways: segments, ends of streams,
    /// resets and datagrams wait, and arrive in their order at [`release`](Self::release) or
    /// [`heal`](Self::heal). Time-outs run meanwhile as in a [`partition`](Self::partition).
    ///
    /// # Errors
    /// As [`partition`](Self::partition).
    pub fn hold(&self, one: &[&str], other: &[&str]) -> Result<(), WorldError> {
        self.each_way(both, one, other, |kernel, way| {
            kernel.hold_way(way, Hand::Test)
        })
    }

    /// Ends a [`hold`](Self::hold) between the hosts of two groups, both ways.
    ///
    /// # Errors
    /// As [`partition`](Self::partition).
    pub fn release(&self, one: &[&str], other: &[&str]) -> Result<(), WorldError> {
        self.each_way(both, one, other, |kernel, way| {
            kernel.release_way(way, Hand::Test)
        })
    }

    /// Ends every partition, hold and black hole, and cuts no more connections. What was set of
    /// links stays. After the run it does nothing.
    pub fn heal(&self) {
        let _ = self.root.with(Kernel::heal);
    }

    /// Cuts each connection between two hosts, those that there are and those to come, in the
    /// direction from the one to the other, once: after so many of the bytes that are sent from the
    /// call on, whichever side dialled.
    ///
    /// A connection to come is cut until [`heal`](Self::heal).
    ///
    /// ```
    /// # use runtime_deterministic::{Cut, Executor, How};
    /// # use runtime_traits::Runner;
    /// # use std::future::pending;
    /// # let (runner, context, _) = Executor::default();
    /// # runner.start(async move {
    /// let world = context.world();
    /// world.host("db", |_| pending::<()>())?;
    /// world.cut("root", "db", Cut { after_bytes: 17, how: How::Rst })?;
    /// # Ok::<_, runtime_deterministic::WorldError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`WorldError::UnknownHost`] when a host was not made yet; [`WorldError::RunEnded`].
    pub fn cut(&self, from: &str, to: &str, cut: Cut) -> Result<(), WorldError> {
        self.each_way(each, &[from], &[to], |kernel, way| kernel.cut_way(way, cut))
    }

    fn part(
        &self,
        ways: Ways,
        one: &[&str],
        other: &[&str],
        kind: FaultKind,
    ) -> Result<(), WorldError> {
        self.each_way(ways, one, other, |kernel, way| {
            kernel.part_way(way, Hand::Test, kind)
        })
    }

    /// Does something to each way between two groups, once all their hosts are known.
    fn each_way(
        &self,
        ways: Ways,
        one: &[&str],
        other: &[&str],
        mut act: impl FnMut(&mut Kernel, [u32; 2]),
    ) -> Result<(), WorldError> {
        self.drive(|kernel| {
            let [one, other] = [numbers(kernel, one)?, numbers(kernel, other)?];
            ways(&one, &other)
                .into_iter()
                .for_each(|way| act(kernel, way));
            Ok(())
        })
    }

    pub(crate) fn root(&self) -> &Context {
        &self.root
    }

    pub(crate) fn drive<R>(
        &self,
        f: impl FnOnce(&mut Kernel) -> Result<R, WorldError>,
    ) -> Result<R, WorldError> {
        self.root.with(f).map_err(|_| WorldError::RunEnded)?
    }
}

/// The ways between two groups of hosts.
type Ways = fn(&[u32], &[u32]) -> Vec<[u32; 2]>;

fn each(from: &[u32], to: &[u32]) -> Vec<[u32; 2]> {
    let pairs = from
        .iter()
        .flat_map(|from| to.iter().map(|to| [*from, *to]));
    pairs.collect()
}

fn both(one: &[u32], other: &[u32]) -> Vec<[u32; 2]> {
    [each(one, other), each(other, one)].concat()
}

/// In the order of their names.
fn numbers(kernel: &Kernel, names: &[&str]) -> Result<Vec<u32>, WorldError> {
    names.iter().map(|name| number(kernel, name)).collect()
}

pub(crate) fn number(kernel: &Kernel, name: &str) -> Result<u32, WorldError> {
    let found = kernel.find_host(name);
    found.ok_or_else(|| WorldError::UnknownHost(name.into()))
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// Why the world cannot do what the test asks.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// A host of this name was made before.
    #[error("there is a host {0:?} already: give each host a name of its own")]
    HostExists(String),
    /// No host of this name was made yet.
    #[error("there is no host {0:?}: make it first, with World::host; the test's own is \"root\"")]
    UnknownHost(String),
    /// A probability of more cases than there are, or of none.
    #[error(
        "{0} of {1} is no probability: name at most as many cases as there are, of at least one"
    )]
    RatioOutOfRange(u32, u32),
    /// The host's process runs, and is not paused.
    #[error(
        "host {0:?} is running: restart it after a crash or its end, wipe it after a crash, resume \
         it after a pause"
    )]
    AlreadyRunning(String),
    /// The host has crashed, or is paused.
    #[error("host {0:?} is not running: restart it after a crash, resume it after a pause")]
    NotRunning(String),
    /// The run is over, or has another thread.
    #[error("the run is over: drive the world from its root")]
    RunEnded,
}
