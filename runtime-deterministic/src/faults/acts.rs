//! What each kind of fault does when it strikes: whom it hits, and how hard.

use super::{FaultKind, mends::Mend, nemesis::Nemesis};
use crate::{
    Crash, Cut, How, Ratio,
    clock::Change,
    draws::Draws,
    kernel::Kernel,
    network::{Hand, Setting},
    storage::{DiskFaults, DiskOp},
};
use std::time::Duration;

/// One crash in so many is of all hosts at once, as when a room loses its power.
const ALL_CRASH: u32 = 4;
const MS: u64 = 1_000_000;

impl Nemesis {
    /// Each kind that is on strikes, as often as its share says.
    pub(super) fn strike(&mut self, kernel: &mut Kernel) {
        let kinds: Vec<_> = self.faults.kinds().collect();
        for (kind, share) in kinds {
            if self.draws.happens(share) {
                self.act(kernel, kind);
            }
        }
        self.keep_budgets(kernel);
    }

    fn act(&mut self, kernel: &mut Kernel, kind: FaultKind) {
        use FaultKind as Kind;
        match kind {
            Kind::Crash => self.crash(kernel, Crash::Reset),
            Kind::SilentCrash => self.crash(kernel, Crash::Silent),
            Kind::Pause => self.pause(kernel),
            Kind::Wipe => self.wipe(kernel),
            Kind::Offset | Kind::Drift | Kind::Jump => self.clock(kernel, kind),
            Kind::Latency | Kind::Bandwidth | Kind::Loss | Kind::Duplicate | Kind::Reorder => {
                self.link(kernel, kind);
            }
            Kind::Partition | Kind::OneWay | Kind::Hold => self.part(kernel, kind),
            Kind::Cut => self.cut(kernel),
            Kind::IoError
            | Kind::FailedSync
            | Kind::DiskFull
            | Kind::SlowDisk
            | Kind::Stall
            | Kind::Rot
            | Kind::Misdirect
            | Kind::LostWrite => self.disk(kernel, kind),
            Kind::Buggify => {}
        }
    }

    /// One of them, if there are any.
    fn pick<T>(&mut self, mut from: Vec<T>) -> Option<T> {
        let place = self.draws.below(u32::try_from(from.len()).ok()?);
        (!from.is_empty()).then(|| from.swap_remove(place as usize))
    }

    /// A host that runs, while so many are up that the others are the fewer: a majority makes
    /// progress, and its bugs show.
    fn pick_running(&mut self, kernel: &mut Kernel) -> Option<u32> {
        let all = kernel.targets().count();
        let down = self.mends.values().filter(|mend| mend.is_of_host()).count();
        let most = all.saturating_sub(1) / 2;
        (down < most.max(1)).then(|| self.pick(kernel.running()))?
    }

    fn crash(&mut self, kernel: &mut Kernel, crash: Crash) {
        let hosts = match self.draws.one_in(ALL_CRASH) {
            true => kernel.running(),
            false => Vec::from_iter(self.pick_running(kernel)),
        };
        for host in hosts {
            kernel.crash(host, crash);
            self.restart_later(kernel, host);
        }
    }

    fn restart_later(&mut self, kernel: &Kernel, host: u32) {
        let life = kernel.hosts[host as usize].life;
        self.mend_later(kernel.now, Mend::Restart { host, life });
    }

    fn pause(&mut self, kernel: &mut Kernel) {
        let Some(host) = self.pick_running(kernel) else {
            return;
        };
        kernel.pause(host);
        let life = kernel.hosts[host as usize].life;
        self.mend_later(kernel.now, Mend::Resume { host, life });
    }

    fn wipe(&mut self, kernel: &mut Kernel) {
        let host = self.pick_running(kernel);
        let crash = match self.draws.one_in(2) {
            true => Crash::Reset,
            false => Crash::Silent,
        };
        let Some(host) = host.filter(|host| kernel.budgets.allow(*host)) else {
            return;
        };
        kernel.go_down(host, crash);
        kernel.wipe(host);
        self.restart_later(kernel, host);
    }

    fn clock(&mut self, kernel: &mut Kernel, kind: FaultKind) {
        let by = i128::from(force(&mut self.draws, MS, 22));
        let ppm = force(&mut self.draws, 1, 17) as i32;
        let sign = if self.draws.one_in(2) { -1 } else { 1 };
        let Some(host) = self.pick(kernel.targets().collect()) else {
            return;
        };
        if kind != FaultKind::Jump && self.mends.values().any(|mend| mend.sets_clock(host, kind)) {
            return;
        }
        let change = match kind {
            FaultKind::Drift => Change::Drift(sign * ppm),
            _ => Change::Jump(i128::from(sign) * by),
        };
        let drift = kernel.shared.drift(host);
        kernel.change_clocks(host, change);
        kernel.fired.add(kind);
        let mend = match change {
            Change::Drift(_) => Mend::Drift { host, drift },
            Change::Jump(by) | Change::Offset(by) => Mend::Jump { host, by },
        };
        if kind != FaultKind::Jump {
            self.mend_later(kernel.now, mend);
        }
    }

    /// Two hosts, one of them perhaps the test's own.
    fn pick_way(&mut self, kernel: &Kernel) -> Option<[u32; 2]> {
        let mut ends: Vec<_> = kernel.ends().collect();
        self.draws.shuffle(&mut ends);
        Some([*ends.first()?, *ends.get(1)?])
    }

    fn link(&mut self, kernel: &mut Kernel, kind: FaultKind) {
        let draws = &mut self.draws;
        let share = Ratio::new(1, 2 << draws.below(5));
        let setting = match kind {
            FaultKind::Latency => Setting::Latency(0..=force(draws, MS, 10)),
            FaultKind::Bandwidth => Setting::Bandwidth(force(draws, 1 << 16, 8)),
            FaultKind::Loss => Setting::Loss(share),
            FaultKind::Duplicate => Setting::Duplicate(share),
            _ => Setting::Reorder(share, 0..=force(draws, MS, 7)),
        };
        let Some(way) = self.pick_way(kernel) else {
            return;
        };
        if self
            .mends
            .values()
            .any(|mend| mend.sets_link(way, &setting))
        {
            return;
        }
        let before = kernel.set_way(way, setting);
        self.mend_later(kernel.now, Mend::Link { way, before });
    }

    /// Parts the hosts, or holds what goes between them: once at a time.
    fn part(&mut self, kernel: &mut Kernel, kind: FaultKind) {
        let mut ends: Vec<_> = kernel.ends().collect();
        self.draws.shuffle(&mut ends);
        let parted = self.mends.values().any(|mend| mend.parts(kind));
        if ends.len() < 2 || parted {
            return;
        }
        let (one, other) = ends.split_at(1 + self.draws.below(ends.len() as u32 - 1) as usize);
        let there = one.iter().flat_map(|a| other.iter().map(|b| [*a, *b]));
        let back = there.clone().map(|[a, b]| [b, a]);
        let ways: Vec<_> = match kind {
            FaultKind::OneWay => there.collect(),
            _ => there.chain(back).collect(),
        };
        for way in &ways {
            match kind {
                FaultKind::Hold => kernel.hold_way(*way, Hand::Nemesis),
                _ => kernel.part_way(*way, Hand::Nemesis, kind),
            }
        }
        self.mend_later(kernel.now, Mend::Part { kind, ways });
    }

    fn cut(&mut self, kernel: &mut Kernel) {
        let how = [How::Fin, How::Rst, How::BlackHole][self.draws.below(3) as usize];
        let after_bytes = force(&mut self.draws, 1, 12) - 1;
        let Some([from, to]) = self.pick_way(kernel) else {
            return;
        };
        let cut = Cut { after_bytes, how };
        let pipes = kernel.cut_those_there([from, to], cut, Hand::Nemesis);
        if how == How::BlackHole && !pipes.is_empty() {
            self.mend_later(kernel.now, Mend::Holes { pipes });
        }
    }

    fn disk(&mut self, kernel: &mut Kernel, kind: FaultKind) {
        let draws = &mut self.draws;
        let share = Ratio::new(1, 2 << draws.below(5));
        let longest = Duration::from_nanos(force(draws, MS, 10));
        let room = force(draws, 1, 8) - 1;
        let Some(host) = self.pick(kernel.targets().collect()) else {
            return;
        };
        let damages = FaultKind::DAMAGING.contains(&kind);
        let on = self.mends.values().any(|mend| mend.sets_disk(host, kind));
        if on || damages && !kernel.budgets.allow(host) {
            return;
        }
        let errors = |op: &DiskOp| (*op, share);
        kernel.trouble_disk(host, |disk, pages| match kind {
            FaultKind::IoError => {
                let ops = DiskOp::ALL.iter().filter(|op| **op != DiskOp::Sync);
                disk.errors.extend(ops.map(errors));
            }
            FaultKind::FailedSync => drop(disk.errors.insert(DiskOp::Sync, share)),
            FaultKind::DiskFull => disk.capacity = Some((pages + room) * crate::storage::PAGE),
            FaultKind::SlowDisk => {
                let ops = DiskOp::ALL.iter();
                let slow = |op: &DiskOp| (*op, Duration::ZERO..=longest);
                disk.latency.extend(ops.map(slow));
            }
            FaultKind::Stall => (disk.stalls, disk.stall) = (share, Duration::ZERO..=longest),
            FaultKind::Rot => disk.bit_rot = share,
            FaultKind::Misdirect => disk.misdirected_writes = share,
            _ => disk.lost_writes = share,
        });
        self.mend_later(kernel.now, Mend::Disk { host, kind });
    }

    /// Ends what may damage hosts that may not be damaged any more.
    pub(super) fn keep_budgets(&self, kernel: &mut Kernel) {
        for mend in self.mends.values() {
            if let Mend::Disk { host, kind } = *mend
                && FaultKind::DAMAGING.contains(&kind)
                && !kernel.budgets.allow(host)
            {
                kernel.mend_disk(host, kind);
            }
        }
    }
}

/// Some multiple of `unit`, up to 2 to the power of `magnitudes`: each magnitude as likely as
/// another.
fn force(draws: &mut Draws, unit: u64, magnitudes: u32) -> u64 {
    let magnitude = draws.below(magnitudes);
    draws.within(unit << magnitude..=unit << (magnitude + 1))
}

impl Kernel {
    /// The hosts that may be struck: not the test's own.
    fn targets(&self) -> impl Iterator<Item = u32> {
        self.ends().filter(|host| *host != 0)
    }

    /// The hosts whose links may be troubled.
    fn ends(&self) -> impl Iterator<Item = u32> {
        let hosts = 0..self.hosts.len() as u32;
        hosts.filter(|host| !self.spared.contains(host))
    }

    /// Those of them that do something: a host whose tasks have all ended has done what it was for.
    fn running(&mut self) -> Vec<u32> {
        let mut hosts: Vec<_> = self.targets().collect();
        hosts.retain(|host| self.is_busy(*host));
        hosts
    }

    /// Changes what the nemesis makes of a disk, which has so many pages.
    fn trouble_disk(&mut self, host: u32, change: impl FnOnce(&mut DiskFaults, u64)) {
        let state = &mut self.hosts[host as usize];
        let pages = state.disk.pages();
        change(state.faults.troubles(), pages);
        self.note_troubles(host);
    }

    pub(super) fn mend_disk(&mut self, host: u32, kind: FaultKind) {
        let well = DiskFaults::default();
        let state = &mut self.hosts[host as usize];
        let disk = state.faults.troubles();
        let before = disk.clone();
        match kind {
            FaultKind::IoError => disk.errors.retain(|op, _| *op == DiskOp::Sync),
            FaultKind::FailedSync => drop(disk.errors.remove(&DiskOp::Sync)),
            FaultKind::DiskFull => disk.capacity = None,
            FaultKind::SlowDisk => disk.latency.clear(),
            FaultKind::Stall => (disk.stalls, disk.stall) = (well.stalls, well.stall),
            FaultKind::Rot => disk.bit_rot = Ratio::NEVER,
            FaultKind::Misdirect => disk.misdirected_writes = Ratio::NEVER,
            _ => disk.lost_writes = Ratio::NEVER,
        }
        if *disk != before {
            self.note_troubles(host);
        }
    }
}
