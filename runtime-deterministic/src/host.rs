//! A simulated machine with one process, and its lives.

mod life;
mod machine;
mod names;

pub(crate) use life::{Ending, HostState};
pub(crate) use machine::{Boot, Lives};
pub(crate) use names::Names;

use crate::{
    Context, HostClock, WorldError,
    kernel::{Kernel, local},
    network::address,
    storage::{HostDisk, Partition},
};
use machine::{Machine, Starter};
use runtime_traits::Error;
use std::{fmt, net::IpAddr, panic::Location, sync::Arc};

/// How a host crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The system closes the process's connections: peers see a reset, and dialling it is refused.
    Reset,
    /// The machine falls silent, as when its power is cut: peers hear nothing until it restarts.
    Silent,
}

/// A host, as the test drives it. Clones drive the same host. What fails once the run is over fails with
/// [`WorldError::RunEnded`].
///
/// A host lives from [`World::host`](crate::World::host) on. What its boot function spawned runs on
/// after the boot function returned, until the host crashes, restarts, or the run ends.
pub struct Host<T> {
    machine: Arc<Machine<T>>,
}

impl<T: Send + 'static> Host<T> {
    #[track_caller]
    pub(crate) fn start<F, Fut>(root: Context, name: &str, boot: F) -> Result<Self, WorldError>
    where
        F: FnMut(Context) -> Fut + Send + 'static,
        Fut: Future<Output = T> + Send + 'static,
    {
        let site = Location::caller();
        // It is the user's: where the kernel does not take it, it is not dropped there.
        let mut boot = Some(Box::new(boot) as Boot);
        let number = root.with(|kernel| kernel.add_host(name, &mut boot));
        let number = number.map_err(|_| WorldError::RunEnded)?;
        let number = number.ok_or_else(|| WorldError::HostExists(name.into()))?;
        let machine = Machine::new(root, number, name, Starter::of::<F, Fut>(site));
        let lives = machine.clone();
        local::with(&machine.root.shared, |kernel| {
            kernel.set_lives(number, lives);
        });
        Ok(Self { machine })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.machine.name
    }

    /// Its address, as [`Context::addr`] tells it on the host.
    pub fn addr(&self) -> IpAddr {
        address(self.machine.number)
    }

    /// The host's own context, for a test that acts on it: of the present life, or of the last one while
    /// it is down. A new one after a restart.
    pub fn context(&self) -> Context {
        let number = self.machine.number;
        let life = self
            .machine
            .root
            .with(|kernel| kernel.hosts[number as usize].life);
        Context::new(self.machine.root.shared.clone(), number, life.unwrap_or(0))
    }

    /// The output of the boot function in the life at the call.
    ///
    /// # Errors
    /// [`Error::Exited`] when that life crashed, or was restarted, before the boot function returned.
    /// [`Error::Closed`] when it was asked before, for it is told once, also where the first to ask was
    /// dropped before it knew, by a timeout say; and after the run.
    pub fn wait(&self) -> impl Future<Output = Result<T, Error>> + Send + use<T> {
        let main = self.machine.main().take();
        async move {
            match main {
                Some(main) => main.await,
                None => Err(Error::Closed),
            }
        }
    }

    /// Crashes the host. Handles to its tasks yield [`Error::Exited`]; its disk keeps what was
    /// synced, and of each unsynced write all, nothing, or some sectors. An open or a removal that was
    /// not answered is made or not.
    ///
    /// Where a fault of the run has crashed it, it stays down all the same until the test restarts it.
    ///
    /// # Errors
    /// [`WorldError::NotRunning`] when the test has crashed it before, or a panic of its own has.
    pub fn crash(&self, crash: Crash) -> Result<(), WorldError> {
        let number = self.machine.number;
        self.drive(|kernel, name| {
            let up = kernel.hosts[number as usize].up;
            match up {
                true => kernel.crash(number, crash),
                false if kernel.crash_is_set(number) => {}
                false => return Err(WorldError::NotRunning(name.into())),
            }
            Ok(())
        })
    }

    /// Starts the host's next life with another run of the boot function. Allowed after a crash,
    /// and after the boot function returned: what is left of that life ends then, paused or not, as a
    /// process does that its system ends. Its tasks are dropped, and its disk loses nothing.
    ///
    /// # Errors
    /// [`WorldError::AlreadyRunning`] otherwise.
    #[track_caller]
    pub fn restart(&self) -> Result<(), WorldError> {
        let number = self.machine.number;
        let life = self.drive(|kernel, name| {
            let host = &kernel.hosts[number as usize];
            match host.up && !host.returned {
                true => Err(WorldError::AlreadyRunning(name.into())),
                false => Ok(kernel.restart(number)),
            }
        })?;
        self.machine.start(life, Location::caller());
        Ok(())
    }

    /// Stops the host's process, as `SIGSTOP` does: none of its tasks is polled until
    /// [`resume`](Self::resume). What would wake them piles up, timers that are due fire then, and
    /// its clocks go on. Its system still takes what arrives: connections into the backlogs of its
    /// listeners, bytes and datagrams until their buffers are full. Peers see no answer, and no
    /// error either. It can crash meanwhile.
    ///
    /// ```
    /// use runtime_deterministic::Executor;
    /// use runtime_traits::{Clock, Runner};
    /// use std::time::Duration;
    ///
    /// let (runner, context, _) = Executor::seeded(7);
    /// runner.start(async {
    ///     let second = Duration::from_secs(1);
    ///     let boot = move |context: runtime_deterministic::Context| async move {
    ///         context.sleep(second).await;
    ///         context.monotonic()
    ///     };
    ///     let db = context.world().host("db", boot).unwrap();
    ///     db.pause().unwrap();
    ///     context.sleep(60 * second).await;
    ///     db.resume().unwrap();
    ///     assert_eq!(db.wait().await, Ok(context.monotonic()));
    /// });
    /// ```
    ///
    /// Where a fault of the run has paused it, it stays paused all the same until the test resumes it.
    ///
    /// # Errors
    /// [`WorldError::NotRunning`] when it has crashed, or the test has paused it.
    pub fn pause(&self) -> Result<(), WorldError> {
        let number = self.machine.number;
        self.drive(|kernel, name| {
            let taken = kernel.pause_is_set(number);
            let up = kernel.hosts[number as usize].up;
            if !up || kernel.paused.contains(number) && !taken {
                return Err(WorldError::NotRunning(name.into()));
            }
            kernel.pause(number);
            Ok(())
        })
    }

    /// Lets a paused process go on, as `SIGCONT` does.
    ///
    /// # Errors
    /// [`WorldError::AlreadyRunning`] when it is not paused; [`WorldError::NotRunning`] when it has
    /// crashed.
    pub fn resume(&self) -> Result<(), WorldError> {
        let number = self.machine.number;
        self.drive(|kernel, name| {
            if !kernel.hosts[number as usize].up {
                return Err(WorldError::NotRunning(name.into()));
            }
            if !kernel.paused.contains(number) {
                return Err(WorldError::AlreadyRunning(name.into()));
            }
            kernel.pause_is_set(number);
            kernel.resume(number);
            Ok(())
        })
    }

    /// Replaces the disk by an empty one, as when a machine is lost for good and another takes its
    /// place. What was set on [`disk`](Self::disk) stays set.
    ///
    /// # Errors
    /// [`WorldError::AlreadyRunning`] unless it has crashed.
    pub fn wipe(&self) -> Result<(), WorldError> {
        let number = self.machine.number;
        self.drive(|kernel, name| {
            if kernel.hosts[number as usize].up {
                return Err(WorldError::AlreadyRunning(name.into()));
            }
            kernel.wipe(number);
            Ok(())
        })
    }

    /// What is durable now in one of the host's partitions, or `None` when there is none of this
    /// name, or the run is over.
    ///
    /// # Panics
    /// When the partition's blobs have more than 4 GiB together, holes counted: read such a blob
    /// through [`context`](Self::context).
    pub fn partition(&self, name: &str) -> Option<Partition> {
        const MOST: u64 = 4 << 30;
        let number = self.machine.number as usize;
        let durable = self.machine.root.with(|kernel| {
            let disk = &kernel.hosts[number].disk;
            let len = disk.durable_len(name);
            match len <= MOST {
                true => Ok(disk.durable(name)),
                false => Err(len),
            }
        });
        durable.ok()?.unwrap_or_else(|len| {
            panic!(
                "partition {name:?} has {len} bytes, holes counted, and Host::partition copies at \
                 most {MOST}: read its blobs through Host::context"
            )
        })
    }

    /// Its clocks, to set them wrong.
    pub fn clock(&self) -> HostClock {
        HostClock::new(self.machine.root.clone(), self.machine.number)
    }

    /// Its disk, to make it fail.
    pub fn disk(&self) -> HostDisk {
        HostDisk::new(self.machine.root.clone(), self.machine.number)
    }

    fn drive<R>(
        &self,
        f: impl FnOnce(&mut Kernel, &str) -> Result<R, WorldError>,
    ) -> Result<R, WorldError> {
        let driven = self
            .machine
            .root
            .with(|kernel| f(kernel, &self.machine.name));
        driven.map_err(|_| WorldError::RunEnded)?
    }
}

impl<T> Clone for Host<T> {
    fn clone(&self) -> Self {
        Self {
            machine: self.machine.clone(),
        }
    }
}

impl<T> fmt::Debug for Host<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("name", &self.machine.name)
            .finish_non_exhaustive()
    }
}
