//! What goes wrong with a disk, and the test's hand on it.

use crate::{Context, event::Event};
use std::{collections::BTreeMap, fmt};

/// What a program asks of a disk.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiskOp {
    /// [`Blob::sync`](runtime_traits::Blob::sync), and the sync of a
    /// [`close`](runtime_traits::Blob::close).
    Sync,
}

impl fmt::Display for DiskOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sync => "sync",
        })
    }
}

/// Which calls on a disk are to fail.
#[derive(Default)]
pub(crate) struct Faults {
    next: BTreeMap<DiskOp, u32>,
}

impl Faults {
    /// Whether the call that is being made is to fail.
    pub(crate) fn strike(&mut self, op: DiskOp) -> bool {
        match self.next.get_mut(&op) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

/// The disk of a host, as the test drives it. Got from [`Host::disk`](crate::Host::disk).
pub struct HostDisk {
    root: Context,
    host: u32,
}

impl HostDisk {
    pub(crate) fn new(root: Context, host: u32) -> Self {
        Self { root, host }
    }

    /// The next call of this kind on the host's disk fails with an I/O error; called again, so does
    /// the one after. What is asked for outlives crashes and restarts. Once the run is over nothing
    /// happens.
    ///
    /// A sync that fails loses the pages that it was to write, as on Linux: they count as clean
    /// although the disk never got them, so that no later sync writes them, and a crash loses them.
    /// The handle fails from then on.
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
    ///     assert!(blob.sync().await.is_err(), "a second sync must not pretend");
    /// });
    /// ```
    pub fn fail_next(&self, op: DiskOp) {
        let host = self.host;
        let _ = self.root.with(|kernel| {
            kernel.note(Event::FailNext { host, op });
            let faults = &mut kernel.hosts[host as usize].faults;
            *faults.next.entry(op).or_default() += 1;
        });
    }
}

impl fmt::Debug for HostDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostDisk").finish_non_exhaustive()
    }
}
