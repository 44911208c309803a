//! What keeps the log of a run while it runs.

use super::{Log, PayloadHash};
use crate::event::Event;
use std::{collections::BTreeMap, panic::Location};

/// Which events of a run are kept, for [`Auditor::log`](crate::Auditor::log).
///
/// An event takes 4 to 60 bytes, more where it names something long.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Record {
    /// None: the audit keeps its state alone.
    #[default]
    Off,
    /// All.
    All,
    /// The last, at least so many bytes of them and at most twice as many.
    Last(usize),
}

pub(super) struct Recorder {
    pub(super) log: Log,
    limit: usize,
    /// The spawn sites that the log knows by number.
    sites: BTreeMap<&'static Location<'static>, u32>,
    /// How many events there have been.
    events: u64,
    /// Whether the last of them was no task's, as its reader will take it.
    outside: bool,
}

impl Recorder {
    pub(super) fn new(hash: PayloadHash, record: Record) -> Option<Self> {
        let limit = match record {
            Record::Off => return None,
            Record::All => usize::MAX,
            Record::Last(bytes) => bytes,
        };
        Some(Self {
            log: Log::new(hash),
            limit,
            sites: BTreeMap::new(),
            events: 0,
            outside: true,
        })
    }

    /// Follows who does what: what a reader cannot tell from the events themselves is marked.
    pub(super) fn enter(&mut self, event: &Event<'_>, outside: bool) {
        let outside = match event {
            Event::Poll { .. } => false,
            Event::Finish { .. } | Event::Time { .. } => true,
            _ => {
                if outside && !self.outside {
                    self.log.outside.push_back(self.events);
                }
                outside
            }
        };
        self.outside = outside;
        self.events += 1;
    }

    pub(super) fn spawned_at(&mut self, site: &'static Location<'static>) {
        let places = &mut self.log.places;
        let number = *self.sites.entry(site).or_insert_with(|| {
            places.push(site.to_string());
            (places.len() - 1) as u32
        });
        self.log.sites.push_back(number);
    }

    /// Takes events in, and lets go of the first where too many are kept.
    pub(super) fn take(&mut self, block: &[u8]) {
        self.log.bytes.extend_from_slice(block);
        if self.log.bytes.len() / 2 > self.limit {
            self.log.cut(self.limit);
        }
    }
}
