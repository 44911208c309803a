//! How a server becomes primary: it fences off as many as it takes, fetches the most recent log among it,
//! and opens its epoch.

use super::{Outgoing, Primary, Replica, Role};
use crate::{
    epoch::{Epoch, Position},
    message::peer::Request,
    record::{Change, Record},
};
use std::{collections::BTreeMap, sync::Arc};

/// How far a promotion has come.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    /// The servers that refuse earlier epochs from now on, and where their logs end.
    fenced: BTreeMap<u16, Position>,
    /// Once enough are fenced off: where the rest of the log comes from.
    source: Option<Source>,
}

#[derive(Debug)]
struct Source {
    server: u16,
    /// Where its log ends. It cannot grow: only this epoch's primary could let it.
    end: Position,
    /// How many records of this server's log may be the same as the source's.
    shared: u64,
}

impl Replica {
    /// Begins a promotion of this server in an epoch later than any it knows, of which `draw` is a
    /// random part.
    pub(crate) fn promote(&mut self, draw: u32) -> Epoch {
        self.hear(self.epoch.next(self.id, draw));
        self.role = Role::Candidate(Candidate::default());
        self.epoch
    }

    /// Whether the promotion that began with `epoch` is through: `None` as long as it is not, an
    /// error when it never will be because of a later epoch.
    pub(crate) fn promoted(&self, epoch: Epoch) -> Option<Result<(), Epoch>> {
        if self.epoch != epoch {
            return Some(Err(self.epoch));
        }
        self.is_open().then_some(Ok(()))
    }

    /// The message that `peer` is asked with on the way to being primary.
    pub(super) fn solicit(&self, candidate: &Candidate, peer: u16) -> Option<Outgoing> {
        let epoch = self.epoch;
        let request = match &candidate.source {
            Some(source) if source.server == peer => Request::Fetch {
                epoch,
                after: self.log.position_at(source.shared),
            },
            Some(_) => return None,
            None if candidate.fenced.contains_key(&peer) => return None,
            // A crash must not make this server forget an epoch that others know it by.
            None if self.durable.epoch < epoch => return None,
            None => Request::Fence { epoch },
        };
        Some(Outgoing { request, round: 0 })
    }

    /// `peer` refuses earlier epochs from now on, and its log ends at `position`.
    pub(super) fn fenced(&mut self, peer: u16, epoch: Epoch, position: Position) {
        if let Some(candidate) = self.candidate(epoch) {
            candidate.fenced.insert(peer, position);
            self.choose_source();
        }
    }

    /// With enough servers fenced off, finds out who has the most recent log. This server counts: it
    /// fences others only once its own epoch is on disk.
    pub(super) fn choose_source(&mut self) {
        let own = self.log.position();
        let enough = self.sizes.fence;
        let Some(candidate) = self.candidate(self.epoch) else {
            return;
        };
        if candidate.source.is_some() || candidate.fenced.len() + 1 < enough {
            return;
        }
        match candidate.fenced.iter().max_by_key(|(_, end)| **end) {
            Some((&server, &end)) if end > own => {
                let shared = own.length.min(end.length);
                candidate.source = Some(Source {
                    server,
                    end,
                    shared,
                });
            }
            _ => self.lead(),
        }
    }

    /// The source gave `records`, which are behind `after`.
    pub(super) fn fetched(&mut self, epoch: Epoch, after: Position, records: &[Arc<Record>]) {
        if self.candidate(epoch).is_none() {
            return;
        }
        self.graft(after.length, records);
        let end = self.log.position();
        let Some(source) = self.candidate(epoch).and_then(|own| own.source.as_mut()) else {
            return;
        };
        source.shared = end.length;
        if end == source.end {
            self.lead();
        }
    }

    /// The source's log differs from this one behind `length` records, or before.
    pub(super) fn step_back(&mut self, epoch: Epoch, length: u64) {
        if let Some(source) = self.candidate(epoch).and_then(|own| own.source.as_mut()) {
            source.shared = source.shared.min(length);
        }
    }

    fn candidate(&mut self, epoch: Epoch) -> Option<&mut Candidate> {
        match &mut self.role {
            Role::Candidate(candidate) if epoch == self.epoch => Some(candidate),
            _ => None,
        }
    }

    /// Nobody has a record that a majority ever had and this server lacks: it is primary.
    fn lead(&mut self) {
        let peers = (1..=self.sizes.servers).filter(|peer| *peer != self.id);
        self.role = Role::Primary(Primary::new(peers, self.log.len()));
        self.log.push(Record {
            epoch: self.epoch,
            change: Change::Opened,
        });
    }
}
