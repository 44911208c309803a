//! The test's hand on a host's disk.

use super::{DiskFaults, DiskOp};
use crate::{Context, WorldError, event::Event};
use std::fmt;

/// The disk of a host, as the test drives it. Got from [`Host::disk`](crate::Host::disk). What is
/// set outlives crashes, restarts and [`wipe`](crate::Host::wipe).
///
/// ```
/// use runtime_deterministic::{DiskFaults, DiskOp, Executor, Ratio};
/// use runtime_traits::{Blob, Error, Runner, Storage};
///
/// let (runner, context, _) = Executor::seeded(7);
/// runner.start(async {
///     let db = context.world().host("db", async |_| ()).unwrap();
///     let blob = db.context().open("wal", b"log").await.unwrap();
///     let unreadable = DiskFaults {
///         errors: [(DiskOp::Read, Ratio::ALWAYS)].into(),
///         ..DiskFaults::default()
///     };
///     db.disk().set(unreadable).unwrap();
///     assert!(matches!(blob.read_at(&mut [], 0).await, Err(Error::ReadFailed(_))));
///     db.disk().set(DiskFaults::default()).unwrap();
///     assert_eq!(blob.read_at(&mut [], 0).await, Ok(()));
/// });
/// ```
pub struct HostDisk {
    root: Context,
    host: u32,
}

impl HostDisk {
    pub(crate) fn new(root: Context, host: u32) -> Self {
        Self { root, host }
    }

    /// What goes wrong with the disk from now on, instead of what was set before. Damage that was
    /// done stays.
    ///
    /// # Errors
    /// [`WorldError::RunEnded`].
    pub fn set(&self, faults: DiskFaults) -> Result<(), WorldError> {
        let host = self.host;
        let set = self.root.with(|kernel| {
            kernel.note(Event::SetDisk {
                host,
                faults: &faults.to_string(),
            });
            kernel.hosts[host as usize].faults.set(faults);
        });
        set.map_err(|_| WorldError::RunEnded)
    }

    /// The next call of this kind on the host's disk fails with an I/O error; called again, so does
    /// the one after. Calls that were made before do not. Once the run is over nothing happens.
    ///
    /// ```
    /// use runtime_deterministic::{DiskOp, Executor};
    /// use runtime_traits::{Blob, Error, Runner, Storage};
    ///
    /// let (runner, context, _) = Executor::seeded(7);
    /// runner.start(async {
    ///     let db = context.world().host("db", async |_| ()).unwrap();
    ///     let blob = db.context().open("wal", b"log").await.unwrap();
    ///     db.disk().fail_next(DiskOp::Sync);
    ///     assert!(matches!(blob.sync().await, Err(Error::BlobSyncFailed(..))));
    ///     let again = blob.sync().await;
    ///     assert!(matches!(again, Err(Error::BlobSyncFailed(..))), "a second sync pretends nothing");
    /// });
    /// ```
    pub fn fail_next(&self, op: DiskOp) {
        let host = self.host;
        let _ = self.root.with(|kernel| {
            kernel.note(Event::FailNext { host, op });
            kernel.hosts[host as usize].faults.fail_next(op);
        });
    }
}

impl fmt::Debug for HostDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostDisk").finish_non_exhaustive()
    }
}
