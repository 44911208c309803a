//! The places of each host, in a list: what is done to one host costs what that host has, however many
//! tasks the others have.
//!
//! A spawn notes no more than that a place changes hosts, and an end nothing. Whoever asks brings the
//! lists up to date, and takes out the places of tasks that have ended as he meets them. So each spawn
//! is paid for once, however often somebody asks, and where nobody asks there are no lists.

use super::{Stage, Tasks};
use std::{iter, mem};

/// No place, and no host.
pub(super) const NONE: u32 = u32::MAX;

/// With a host's number it stands for the place before the first of that host's list.
const HEAD: u32 = 1 << 31;

/// Where a place lies in the list of its host.
pub(super) struct Links {
    /// `NONE` where it is in no list.
    pub(super) previous: u32,
    pub(super) next: u32,
    /// `NONE`, unless it changed hosts and nobody has asked since: the place that did so before it, or
    /// itself where it was the first.
    passed: u32,
}

impl Links {
    pub(super) const NONE: Self = Self {
        previous: NONE,
        next: NONE,
        passed: NONE,
    };
}

impl Tasks {
    /// A free place, which this host is to get: it may have been another's.
    #[inline]
    pub(super) fn for_host(&mut self, index: u32, host: u32) -> u32 {
        let place = &mut self.places[index as usize];
        if place.host != host && place.links.passed == NONE {
            place.links.passed = self.passed.replace(index).unwrap_or(index);
        }
        index
    }

    /// Puts each place into the list of its host.
    pub(super) fn sort_out(&mut self) {
        let places = self.places.len() as u32;
        for index in mem::replace(&mut self.listed, places)..places {
            self.put_first(index);
        }
        while let Some(index) = self.passed {
            let passed = &mut self.places[index as usize].links.passed;
            let before = mem::replace(passed, NONE);
            self.passed = (before != index).then_some(before);
            self.take_out(index);
            self.put_first(index);
        }
    }

    fn put_first(&mut self, index: u32) {
        let host = self.places[index as usize].host;
        if host as usize >= self.first.len() {
            self.first.resize(host as usize + 1, NONE);
        }
        let next = mem::replace(&mut self.first[host as usize], index);
        if let Some(place) = self.places.get_mut(next as usize) {
            place.links.previous = index;
        }
        let place = &mut self.places[index as usize].links;
        (place.previous, place.next) = (HEAD | host, next);
    }

    fn take_out(&mut self, index: u32) {
        let place = &mut self.places[index as usize].links;
        let (previous, next) = (mem::replace(&mut place.previous, NONE), place.next);
        if previous == NONE {
            return;
        }
        if let Some(place) = self.places.get_mut(next as usize) {
            place.links.previous = previous;
        }
        match previous & HEAD {
            0 => self.places[previous as usize].links.next = next,
            _ => self.first[(previous ^ HEAD) as usize] = next,
        }
    }

    /// Of a host's tasks those that have not ended, each with its life.
    fn walk(&mut self, host: u32) -> impl Iterator<Item = (u32, u32)> {
        self.sort_out();
        let mut next = self.first.get(host as usize).copied().unwrap_or(NONE);
        iter::from_fn(move || {
            while next != NONE {
                let index = next;
                let place = &mut self.places[index as usize];
                next = place.links.next;
                if place.stage != Stage::Free {
                    return Some((index, place.life));
                }
                place.host = NONE;
                self.take_out(index);
            }
            None
        })
    }

    /// The tasks of a host that have not ended, in the order of their places.
    pub(crate) fn of_host(&mut self, host: u32) -> Vec<u32> {
        let mut tasks: Vec<_> = self.walk(host).map(|(index, _)| index).collect();
        tasks.sort_unstable();
        tasks
    }

    /// Whether any task of a host has not ended.
    pub(crate) fn has_any(&mut self, host: u32) -> bool {
        self.walk(host).next().is_some()
    }

    /// Whether any task of a host's life has not ended.
    pub(crate) fn has_any_of(&mut self, host: u32, life: u32) -> bool {
        self.walk(host).any(|(_, of)| of == life)
    }
}
