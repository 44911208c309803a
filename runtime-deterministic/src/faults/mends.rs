//! How what went wrong is mended.
//!
//! What the test did in the meantime stays: a host that it restarted is not restarted again.

use super::FaultKind;
use crate::{
    clock::Change,
    event::Event,
    host::HostState,
    kernel::Kernel,
    network::{Hand, Setting},
};

/// What is to be undone.
pub(crate) enum Mend {
    Restart {
        host: u32,
        life: u32,
    },
    Resume {
        host: u32,
        life: u32,
    },
    /// The wall clock was moved by so much.
    Jump {
        host: u32,
        by: i128,
    },
    /// The drift was this one before.
    Drift {
        host: u32,
        drift: i32,
    },
    /// A property of a link was this one before.
    Link {
        way: [u32; 2],
        before: Setting,
    },
    Part {
        kind: FaultKind,
        ways: Vec<[u32; 2]>,
    },
    Holes {
        pipes: Vec<u32>,
    },
    Disk {
        host: u32,
        kind: FaultKind,
    },
}

impl Mend {
    /// Whether a host does nothing until then.
    pub(super) fn is_of_host(&self) -> bool {
        matches!(self, Self::Restart { .. } | Self::Resume { .. })
    }

    pub(super) fn sets_clock(&self, of: u32, kind: FaultKind) -> bool {
        match *self {
            Self::Jump { host, .. } => host == of && kind == FaultKind::Offset,
            Self::Drift { host, .. } => host == of && kind == FaultKind::Drift,
            _ => false,
        }
    }

    pub(super) fn sets_link(&self, of: [u32; 2], other: &Setting) -> bool {
        match self {
            Self::Link { way, before } => *way == of && before.is_same_property(other),
            _ => false,
        }
    }

    pub(super) fn sets_disk(&self, of: u32, other: FaultKind) -> bool {
        matches!(*self, Self::Disk { host, kind } if (host, kind) == (of, other))
    }

    pub(super) fn parts(&self, other: FaultKind) -> bool {
        matches!(self, Self::Part { kind, .. } if *kind == other)
    }
}

/// What the test takes in hand, the nemesis does not mend.
impl Kernel {
    /// The test sets a wall clock: what it shows now is right.
    pub(crate) fn clock_is_set(&mut self, of: u32) {
        self.leave(|mend| matches!(mend, Mend::Jump { host, .. } if *host == of));
    }

    /// The test sets the drift of a host's clocks.
    pub(crate) fn drift_is_set(&mut self, of: u32) {
        self.leave(|mend| matches!(mend, Mend::Drift { host, .. } if *host == of));
    }

    /// The test sets a property of a link.
    pub(crate) fn link_is_set(&mut self, way: [u32; 2], setting: &Setting) {
        self.leave(|mend| mend.sets_link(way, setting));
    }

    /// The test pauses a host, or resumes it. Says whether the nemesis had paused it.
    pub(crate) fn pause_is_set(&mut self, of: u32) -> bool {
        self.leave(|mend| matches!(mend, Mend::Resume { host, .. } if *host == of))
    }

    /// The test crashes a host that is down. Says whether the nemesis had crashed it.
    pub(crate) fn crash_is_set(&mut self, of: u32) -> bool {
        let HostState { life, silent, .. } = self.hosts[of as usize];
        let taken = self.leave(
            |mend| matches!(*mend, Mend::Restart { host, life: was } if (host, was) == (of, life)),
        );
        if taken {
            self.note(Event::Crash { host: of, silent });
        }
        taken
    }

    /// Says whether there was anything to mend.
    fn leave(&mut self, taken: impl Fn(&Mend) -> bool) -> bool {
        let Some(nemesis) = &mut self.nemesis else {
            return false;
        };
        let before = nemesis.mends.len();
        nemesis.mends.retain(|_, mend| !taken(mend));
        nemesis.mends.len() < before
    }

    pub(super) fn mend(&mut self, mend: Mend) {
        match mend {
            Mend::Restart { host, life } => {
                let state = &self.hosts[host as usize];
                if !state.up && state.life == life {
                    self.restart_by_itself(host);
                }
            }
            Mend::Resume { host, life } => {
                if self.paused.contains(host) && self.hosts[host as usize].life == life {
                    self.resume(host);
                }
            }
            Mend::Jump { host, by } => self.change_clocks(host, Change::Jump(-by)),
            Mend::Drift { host, drift } => self.change_clocks(host, Change::Drift(drift)),
            Mend::Link { way, before } => drop(self.set_way(way, before)),
            Mend::Part { kind, ways } => {
                for way in ways {
                    match kind {
                        FaultKind::Hold => self.release_way(way, Hand::Nemesis),
                        _ => self.join_way(way, kind),
                    }
                }
            }
            Mend::Holes { pipes } => self.fill_holes(&pipes),
            Mend::Disk { host, kind } => {
                self.mend_disk(host, kind);
                if kind == FaultKind::Stall {
                    self.hosts[host as usize].faults.end_stall();
                }
            }
        }
    }
}
