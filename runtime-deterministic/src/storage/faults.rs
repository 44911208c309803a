//! What can go wrong with a disk, and how often.

use crate::{Ratio, clock::nanos};
use std::{collections::BTreeMap, fmt, ops::RangeInclusive, time::Duration};

/// What a program asks of a disk: a call of [`Storage`](runtime_traits::Storage) or
/// [`Blob`](runtime_traits::Blob). What fails by the test's or a fault's will has a cause of kind
/// [`Other`](std::io::ErrorKind::Other).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiskOp {
    /// [`open`](runtime_traits::Storage::open) fails with
    /// [`BlobOpenFailed`](runtime_traits::Error::BlobOpenFailed).
    Open,
    /// [`remove`](runtime_traits::Storage::remove) fails with
    /// [`PartitionCorrupt`](runtime_traits::Error::PartitionCorrupt).
    Remove,
    /// [`scan`](runtime_traits::Storage::scan) fails with
    /// [`PartitionCorrupt`](runtime_traits::Error::PartitionCorrupt).
    Scan,
    /// [`len`](runtime_traits::Blob::len) fails with
    /// [`ReadFailed`](runtime_traits::Error::ReadFailed).
    Len,
    /// [`read_at`](runtime_traits::Blob::read_at) fails with
    /// [`ReadFailed`](runtime_traits::Error::ReadFailed).
    Read,
    /// [`write_at`](runtime_traits::Blob::write_at) fails with
    /// [`WriteFailed`](runtime_traits::Error::WriteFailed). Some of its leading pages may have been
    /// written, but not all, as when `pwrite` fails half-way.
    Write,
    /// [`truncate`](runtime_traits::Blob::truncate) fails with
    /// [`BlobTruncateFailed`](runtime_traits::Error::BlobTruncateFailed), and changes nothing.
    Truncate,
    /// [`sync`](runtime_traits::Blob::sync), and that of [`close`](runtime_traits::Blob::close),
    /// fails with [`BlobSyncFailed`](runtime_traits::Error::BlobSyncFailed), and so does everything
    /// on the handle from then on.
    ///
    /// Of the pages of 4 KiB that it was to write the disk does not take one or more. As on Linux
    /// they count as clean although they are not on the disk: no later sync writes them, unless they
    /// are written to again, and a crash loses them. Until then a read that touches such a page
    /// finds one time in four that it was evicted from the cache, and is old; else it sees what was
    /// written. The length of the file gets there. (Rebello et al., "Can Applications Recover from
    /// fsync Failures?", USENIX ATC 2020, on ext4 and XFS.) Each other handle that is open on the
    /// blob fails once it syncs, as Linux tells each open file of an error once.
    Sync,
}

impl DiskOp {
    pub(crate) const NAMES: [(Self, &'static str); 8] = [
        (Self::Open, "open"),
        (Self::Remove, "remove"),
        (Self::Scan, "scan"),
        (Self::Len, "len"),
        (Self::Read, "read"),
        (Self::Write, "write"),
        (Self::Truncate, "truncate"),
        (Self::Sync, "sync"),
    ];

    /// Every call.
    pub const ALL: &'static [Self] = &[
        Self::Open,
        Self::Remove,
        Self::Scan,
        Self::Len,
        Self::Read,
        Self::Write,
        Self::Truncate,
        Self::Sync,
    ];

    pub(crate) fn code(self) -> u64 {
        self as u64
    }
}

impl fmt::Display for DiskOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMES.iter().find(|(op, _)| op == self);
        f.write_str(named.map_or("", |(_, name)| name))
    }
}

/// What goes wrong with a disk by chance, and how. The default is a disk that works.
///
/// ```
/// use runtime_deterministic::{DiskFaults, DiskOp, Ratio};
/// use std::time::Duration;
///
/// let ms = Duration::from_millis;
/// let slow_and_faulty = DiskFaults {
///     errors: [(DiskOp::Read, Ratio::new(1, 100)), (DiskOp::Sync, Ratio::new(1, 1_000))].into(),
///     latency: [(DiskOp::Sync, ms(5)..=ms(50))].into(),
///     capacity: Some(64 << 20),
///     ..DiskFaults::default()
/// };
/// assert_eq!(
///     slow_and_faulty.to_string(),
///     "error.read=1/100 error.sync=1/1000 latency.sync=5000000..=50000000 capacity=67108864",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskFaults {
    /// How often each call fails with an I/O error. Default: never.
    pub errors: BTreeMap<DiskOp, Ratio>,
    /// How long each call takes, any time in the range as likely as any other. Default: a sync, an
    /// open and a removal 100 µs to 1 ms; of the others one in four up to 100 µs, the rest nothing.
    pub latency: BTreeMap<DiskOp, RangeInclusive<Duration>>,
    /// How often a call finds that the disk stalls: it answers nobody for as long as
    /// [`stall`](Self::stall) says, and then all who wait. Default: never.
    pub stalls: Ratio,
    /// How long a stall is. Default: 1 s to 10 s.
    pub stall: RangeInclusive<Duration>,
    /// How many bytes the disk has, in pages of 4 KiB; holes take none. What does not fit fails with
    /// [`WriteFailed`](runtime_traits::Error::WriteFailed) of kind
    /// [`StorageFull`](std::io::ErrorKind::StorageFull), and its part that does is written, as
    /// `pwrite` does it on a file system that allocates when it is called. Default: no limit.
    pub capacity: Option<u64>,
    /// How often a read finds that one of its bits has turned on the disk. It stays so until its
    /// page is written to. A page that is to be written does not rot. Default: never.
    pub bit_rot: Ratio,
    /// How often a page of 4 KiB that a sync writes does not get to the disk, although the sync is
    /// `Ok`. What becomes of it is as after a [failed sync](DiskOp::Sync). Default: never.
    ///
    /// It happens, as misdirected writes do: Bairavasundaram et al., "An Analysis of Data Corruption
    /// in the Storage Stack", FAST 2008.
    pub lost_writes: Ratio,
    /// How often a page of 4 KiB that a sync writes gets to the place of another page of this disk,
    /// although the sync is `Ok`. Its own place is as after a lost write, and so is the other's: the
    /// cache knows of neither. Where there is no other page, it is lost. Default: never.
    pub misdirected_writes: Ratio,
}

impl Default for DiskFaults {
    fn default() -> Self {
        Self {
            errors: BTreeMap::new(),
            latency: BTreeMap::new(),
            stalls: Ratio::NEVER,
            stall: Duration::from_secs(1)..=Duration::from_secs(10),
            capacity: None,
            bit_rot: Ratio::NEVER,
            lost_writes: Ratio::NEVER,
            misdirected_writes: Ratio::NEVER,
        }
    }
}

/// A range in nanoseconds, its bounds in their order.
pub(crate) fn range(range: &RangeInclusive<Duration>) -> RangeInclusive<u64> {
    let (one, other) = (nanos(*range.start()), nanos(*range.end()));
    one.min(other)..=one.max(other).min(LONGEST)
}

/// A century: what no disk takes, and no deadline overflows by.
const LONGEST: u64 = 100 * 365 * 24 * 60 * 60 * 1_000_000_000;

struct Nanos<'a>(&'a RangeInclusive<Duration>);

impl fmt::Display for Nanos<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = range(self.0).into_inner();
        write!(f, "{low}..={high}")
    }
}

/// What differs from the default, in a fixed order: durations in nanoseconds. It is what the audit
/// sees.
impl fmt::Display for DiskFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (op, ratio) in &self.errors {
            parts.push(format!("error.{op}={ratio}"));
        }
        for (op, latency) in &self.latency {
            parts.push(format!("latency.{op}={}", Nanos(latency)));
        }
        if self.stalls != Ratio::NEVER {
            parts.push(format!(
                "stalls={} stall={}",
                self.stalls,
                Nanos(&self.stall)
            ));
        }
        if let Some(capacity) = self.capacity {
            parts.push(format!("capacity={capacity}"));
        }
        let ratios = [
            ("bit_rot", self.bit_rot),
            ("lost_writes", self.lost_writes),
            ("misdirected_writes", self.misdirected_writes),
        ];
        let happening = ratios.iter().filter(|(_, ratio)| *ratio != Ratio::NEVER);
        parts.extend(happening.map(|(name, ratio)| format!("{name}={ratio}")));
        match parts.is_empty() {
            true => f.write_str("none"),
            false => f.write_str(&parts.join(" ")),
        }
    }
}
