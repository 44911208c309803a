//! The test's hand on the simulated world.

use crate::{Context, Host, Link, kernel::Kernel};
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
    /// # Errors
    /// [`WorldError::HostExists`] when there is a host of this name; [`WorldError::RunEnded`].
    #[track_caller]
    pub fn host<F, Fut>(&self, name: &str, boot: F) -> Result<Host<Fut::Output>, WorldError>
    where
        F: FnMut(Context) -> Fut + Send + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        Host::start(self.root.clone(), name, boot)
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

    fn drive<R>(
        &self,
        f: impl FnOnce(&mut Kernel) -> Result<R, WorldError>,
    ) -> Result<R, WorldError> {
        self.root.with(f).map_err(|_| WorldError::RunEnded)?
    }
}

fn number(kernel: &Kernel, name: &str) -> Result<u32, WorldError> {
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
