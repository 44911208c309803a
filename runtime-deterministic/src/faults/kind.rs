//! What kinds of faults there are.

use std::{collections::BTreeMap, fmt, str::FromStr};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// A kind of fault: what [`Faults`](crate::Faults) turn on, and what is counted when it
        /// strikes, whether drawn or driven by the test.
        ///
        /// ```
        /// use runtime_deterministic::FaultKind;
        ///
        /// assert_eq!(FaultKind::FailedSync.to_string(), "failed-sync");
        /// assert_eq!("one-way".parse(), Ok(FaultKind::OneWay));
        /// ```
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultKind {
            $($(#[$doc])* $kind,)*
        }

        impl FaultKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            const NAMES: &'static [&'static str] = &[$($name,)*];
        }
    };
}

kinds! {
    /// A host's process ends, and its system resets its connections. One time in four all hosts'.
    Crash = "crash",
    /// A host's power is cut: peers hear nothing. One time in four all hosts'.
    SilentCrash = "silent-crash",
    /// A host's process stops for a while, and does not notice.
    Pause = "pause",
    /// A host crashes, and comes back with an empty disk.
    Wipe = "wipe",
    /// A host's wall clock is wrong for a while, by 1 ms to 70 minutes either way.
    Offset = "offset",
    /// A host's clocks are too fast or too slow for a while, by 1 to 131,072 millionths.
    Drift = "drift",
    /// A host's wall clock jumps, by 1 ms to 70 minutes either way, and stays so.
    Jump = "jump",
    /// A link is slow for a while: what crosses takes any time up to a bound, of 1 ms to
    /// 1 s.
    Latency = "latency",
    /// A link is narrow for a while: 64 KiB to 16 MiB a second.
    Bandwidth = "bandwidth",
    /// A link loses segments and datagrams for a while: one in 2 to one in 32.
    Loss = "loss",
    /// A link delivers datagrams twice for a while: one in 2 to one in 32.
    Duplicate = "duplicate",
    /// A link delivers datagrams out of order for a while: one in 2 to one in 32 up to 128 ms late.
    Reorder = "reorder",
    /// The hosts are parted into two groups for a while. It strikes when something does not cross.
    Partition = "partition",
    /// The same, in one direction.
    OneWay = "one-way",
    /// What goes between two groups of hosts waits for a while.
    Hold = "hold",
    /// The connections between two hosts are cut in one direction, as by [`How`](crate::How), after less
    /// than 4 KiB more; a black hole is for a while.
    Cut = "cut",
    /// Calls on a host's disk fail for a while, one in 2 to one in 32, syncs not among them.
    IoError = "io-error",
    /// Syncs on a host's disk fail for a while, one in 2 to one in 32, and lose pages that were not durable.
    FailedSync = "failed-sync",
    /// A host's disk has room for less than 1 MiB more for a while.
    DiskFull = "disk-full",
    /// A host's disk is slow for a while: a call takes any time up to a bound, of 1 ms to 1 s.
    SlowDisk = "slow-disk",
    /// A host's disk answers nobody now and then, for a while: for up to 1 s from one call in 2 to one in 32
    /// on.
    Stall = "stall",
    /// Bits turn on a host's disk for a while.
    Rot = "rot",
    /// A host's disk writes pages to the places of others for a while.
    Misdirect = "misdirect",
    /// A host's disk loses pages that were synced for a while.
    LostWrite = "lost-write",
    /// Sites of [`Buggify`](runtime_traits::Buggify) misbehave, and knobs are turned.
    Buggify = "buggify",
}

impl FaultKind {
    /// Those that damage what a host had made durable, and of which
    /// [`World::damage_at_most`](crate::World::damage_at_most) decides. A failed sync is none: whoever
    /// asked is told that what it wrote is not durable.
    pub const DAMAGING: &'static [Self] =
        &[Self::Wipe, Self::Rot, Self::Misdirect, Self::LostWrite];
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::NAMES[*self as usize])
    }
}

impl FromStr for FaultKind {
    type Err = super::FaultsError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let place = Self::NAMES.iter().position(|known| *known == name);
        place
            .map(|place| Self::ALL[place])
            .ok_or_else(|| super::FaultsError::UnknownKind(name.into()))
    }
}

/// How often each kind has struck. In most runs none has.
#[derive(Clone, Default)]
pub(crate) struct Fired(Option<Box<[u64; FaultKind::ALL.len()]>>);

impl Fired {
    pub(crate) fn add(&mut self, kind: FaultKind) {
        self.all()[kind as usize] += 1;
    }

    pub(crate) fn add_if(&mut self, kind: FaultKind, struck: bool) {
        if struck {
            self.add(kind);
        }
    }

    /// Of the kinds that have.
    pub(crate) fn counts(&self) -> BTreeMap<FaultKind, u64> {
        let counts = self.0.iter().flat_map(|counts| **counts);
        let counts = FaultKind::ALL.iter().copied().zip(counts);
        counts.filter(|(_, count)| *count > 0).collect()
    }

    pub(crate) fn add_all(&mut self, others: &Self) {
        if let Some(others) = &others.0 {
            let counts = self.all().iter_mut().zip(&**others);
            counts.for_each(|(count, more)| *count += more);
        }
    }

    fn all(&mut self) -> &mut [u64; FaultKind::ALL.len()] {
        self.0
            .get_or_insert_with(|| Box::new([0; FaultKind::ALL.len()]))
    }
}
