//! What a disk does other than it was asked: losses, bit rot, crashes.

use super::{
    chance::{Chance, Loss},
    disk::{Asked, Entry},
};
use crate::{FaultKind, event::Event, kernel::Kernel};
use std::collections::BTreeSet;

impl Kernel {
    /// A read looks at so many bytes of a file: pages that are not on the disk may have been
    /// evicted, and a bit may have turned.
    #[inline]
    pub(crate) fn before_read(&mut self, host: u32, file: u32, offset: u64, len: usize) {
        let state = &mut self.hosts[host as usize];
        if !state.faults.is_armed() {
            return;
        }
        let stale = state.disk.file(file).stale(offset, len);
        let evicted: Vec<_> = stale
            .into_iter()
            .filter(|_| state.faults.evicts())
            .collect();
        for page in evicted {
            let disk = &mut self.hosts[host as usize].disk;
            disk.change(file, |file| file.evict(page));
            self.note(Event::Evict { file, page });
        }
        let state = &mut self.hosts[host as usize];
        if let Some((byte, bit)) = state.faults.rot(len)
            && let offset = offset + byte
            && state.disk.change(file, |file| file.rot(offset, bit))
        {
            self.fired.add(FaultKind::Rot);
            self.note(Event::Rot { file, offset, bit });
            self.damaged(host);
        }
    }

    /// How many bytes of a write there is room for.
    pub(crate) fn room(&mut self, host: u32, file: u32, offset: u64, len: usize) -> usize {
        let state = &mut self.hosts[host as usize];
        let Some(capacity) = state.faults.capacity() else {
            return len;
        };
        let room = (capacity / super::store::PAGE).saturating_sub(state.disk.pages());
        state.disk.file(file).fits(offset, len, room)
    }

    /// A sync is over, for the first `covered` changes: silently some of it may be lost.
    pub(crate) fn end_sync(&mut self, host: u32, number: u32, covered: u64) {
        self.note(Event::Sync { file: number });
        let state = &mut self.hosts[host as usize];
        let disk = &mut state.disk;
        if !state.faults.loses() {
            return disk.change(number, |file| file.sync(covered));
        }
        let losses = state.faults.losses(&disk.file(number).covered(covered));
        let lost = losses.iter().map(|loss| match loss {
            Loss::Nowhere(page) | Loss::Misdirected(page) => *page,
        });
        let lost = lost.collect();
        disk.change(number, |file| file.lose(covered, &lost));
        for loss in losses {
            match loss {
                Loss::Nowhere(page) => {
                    self.fired.add(FaultKind::LostWrite);
                    self.note(Event::LoseWrite { file: number, page });
                }
                Loss::Misdirected(page) => self.misdirect(host, number, page),
            }
            self.damaged(host);
        }
    }

    /// What was meant for a page gets to the place of another.
    fn misdirect(&mut self, host: u32, file: u32, page: u64) {
        let state = &mut self.hosts[host as usize];
        let mut places = state.disk.places();
        places.retain(|place| *place != (file, page));
        if places.is_empty() {
            return self.note(Event::LoseWrite { file, page });
        }
        let content = state.disk.file(file).page(page);
        let place = state.faults.draws().below(places.len() as u32);
        let to = places[place as usize];
        let disk = &mut state.disk;
        disk.change(to.0, |file| file.overwrite(to.1, &content));
        let (to_file, to_page) = to;
        self.fired.add(FaultKind::Misdirect);
        self.note(Event::Misdirect {
            file,
            page,
            to_file,
            to_page,
        });
    }

    /// A sync fails, for the first `covered` changes: some of it is lost.
    pub(crate) fn fail_sync(&mut self, host: u32, number: u32, covered: u64) {
        let state = &mut self.hosts[host as usize];
        let covered_pages = state.disk.file(number).covered(covered);
        let lost: BTreeSet<_> = state.faults.failure(&covered_pages);
        state.disk.change(number, |file| {
            file.lose(covered, &lost);
            file.failed_syncs += 1;
        });
        self.fired.add(FaultKind::FailedSync);
        self.note(Event::SyncFails { file: number });
        for page in lost {
            self.note(Event::LoseWrite { file: number, page });
        }
    }

    /// The host's machine lost power: of each write that was not synced something may survive, and
    /// of each open and removal that was not answered all or nothing.
    pub(crate) fn lose_unsynced(&mut self, host: u32) {
        let mut survivors = Vec::new();
        let state = &mut self.hosts[host as usize];
        let draws = &mut state.disk_draws;
        let asked = state.disk.crash(|file, state| {
            let kept = state.crash(Chance(draws));
            let len = state.len();
            survivors.push(Event::Survive { file, kept, len });
        });
        survivors.into_iter().for_each(|event| self.note(event));
        for asked in asked.into_values() {
            if self.hosts[host as usize].faults.draws().one_in(2) {
                self.survive(host, &asked);
            }
        }
    }

    fn survive(&mut self, host: u32, asked: &Asked) {
        let fresh = self.fresh_file();
        if self.hosts[host as usize].disk.survive(asked, fresh) {
            let partition = &asked.partition;
            self.note(match &asked.what {
                Entry::Open(name) => Event::Created { partition, name },
                Entry::Remove(name) => Event::Removed {
                    blob: name.is_some(),
                    partition,
                    name: name.as_deref().unwrap_or_default(),
                },
            });
        }
    }
}
