//! What a server decides: a state machine that knows no network, no disk and no time.
//!
//! The skin around it sends what it wants sent, writes what it wants written, and tells it what
//! came of both. Every promise to another server or to a client is given only once what it says is
//! on disk: the machine counts what is durable ([`Replica::written`]), never what it merely has.

mod backup;
mod candidate;
mod primary;
#[cfg(test)]
mod tests;

pub(crate) use backup::Rejection;

use crate::{
    epoch::{Epoch, Position},
    log::Log,
    message::peer,
    record::Record,
    status::{self, Status},
    values::Values,
};
use candidate::Candidate;
use primary::Primary;
use std::sync::Arc;

/// One of the servers that keep the log.
#[derive(Debug)]
pub(crate) struct Replica {
    id: u16,
    sizes: Sizes,
    /// The latest epoch heard of. Messages of earlier ones are refused.
    epoch: Epoch,
    role: Role,
    log: Log,
    durable: Durable,
    /// How many records are known to be on a majority's disks, and are in `values`.
    committed: u64,
    values: Values,
}

/// How many servers it takes for what, and how much at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// How many servers there are; their ids are 1 to this.
    pub(crate) servers: u16,
    /// How many have a record on disk before it counts, and confirm a read.
    pub(crate) majority: usize,
    /// How many are fenced off before a server is primary.
    pub(crate) fence: usize,
    /// Bytes of the records in one message.
    pub(crate) batch: usize,
    /// Records in one write to disk.
    pub(crate) write: u64,
}

#[derive(Debug)]
enum Role {
    Backup,
    Candidate(Candidate),
    Primary(Primary),
}

/// What is on this server's disk.
#[derive(Debug)]
struct Durable {
    epoch: Epoch,
    /// So many records of the log.
    length: u64,
}

/// What is to be written to disk, in this order.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) epoch: Epoch,
    /// Whatever the disk's log has behind so many records makes way for `records`.
    pub(crate) keep: u64,
    pub(crate) records: Vec<Arc<Record>>,
    end: Position,
}

/// A message for another server.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) request: peer::Request,
    /// The round of reads that an answer confirms.
    round: u64,
}

impl Replica {
    /// A server that starts with what its disk holds. It is a backup, also if it was primary: what
    /// has happened since, it cannot know.
    pub(crate) fn new(id: u16, sizes: Sizes, epoch: Epoch, records: Vec<Arc<Record>>) -> Self {
        let log = Log::new(records);
        let length = log.len();
        Self {
            id,
            sizes,
            epoch,
            role: Role::Backup,
            log,
            durable: Durable { epoch, length },
            committed: 0,
            values: Values::default(),
        }
    }

    pub(crate) fn id(&self) -> u16 {
        self.id
    }

    /// The latest epoch heard of, whose primary is worth asking.
    pub(crate) fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub(crate) fn status(&self) -> Status {
        Status {
            id: self.id,
            role: match self.role {
                Role::Backup => status::Role::Backup,
                Role::Candidate(_) => status::Role::Candidate,
                Role::Primary(_) => status::Role::Primary,
            },
            epoch: self.epoch,
            length: self.log.len(),
            committed: self.committed,
        }
    }

    /// The records on this server's disk from `start` on, as many as fit into one message.
    pub(crate) fn records(&self, start: u64) -> Vec<Arc<Record>> {
        let mut records = self.log.batch(start, self.sizes.batch);
        records.truncate(self.synced().saturating_sub(start) as usize);
        records
    }

    /// What the disk lacks.
    pub(crate) fn unwritten(&self) -> Option<Write> {
        let keep = self.durable.length;
        let end = self.log.position_at(keep.saturating_add(self.sizes.write));
        (self.durable.epoch < self.epoch || keep < end.length).then(|| Write {
            epoch: self.epoch,
            keep,
            records: self.log.range(keep, end.length).to_vec(),
            end,
        })
    }

    /// `write` is on disk.
    pub(crate) fn written(&mut self, write: &Write) {
        self.durable.epoch = write.epoch;
        // While it was written, the log may have been cut shorter: then the records that replaced
        // the written ones are still to be written.
        if self.log.position_at(write.end.length) == write.end {
            self.durable.length = write.end.length;
        }
        self.choose_source();
        self.advance();
    }

    /// The message that `peer` should be sent now, if any.
    pub(crate) fn outgoing(&self, peer: u16) -> Option<Outgoing> {
        match &self.role {
            Role::Backup => None,
            Role::Candidate(candidate) => self.solicit(candidate, peer),
            Role::Primary(primary) => {
                let progress = primary.progress(peer)?;
                let needed = progress.lacks(self.log.len(), primary.round);
                needed.then(|| self.append_for(primary, progress))
            }
        }
    }

    /// The message that `peer` should be sent after a long silence.
    pub(crate) fn heartbeat(&self, peer: u16) -> Option<Outgoing> {
        match &self.role {
            Role::Primary(primary) => Some(self.append_for(primary, primary.progress(peer)?)),
            Role::Backup | Role::Candidate(_) => self.outgoing(peer),
        }
    }

    /// `peer` has answered.
    pub(crate) fn answered(&mut self, peer: u16, sent: &Outgoing, answer: peer::Answer) {
        use peer::{Answer, Request};
        match (&sent.request, answer) {
            (_, Answer::Refused { epoch }) => self.hear(epoch),
            (Request::Fence { epoch }, Answer::Fenced { position }) => {
                self.fenced(peer, *epoch, position);
            }
            (Request::Fetch { epoch, after }, Answer::Records { records }) => {
                self.fetched(*epoch, *after, &records);
            }
            (Request::Fetch { epoch, .. }, Answer::Gap { length }) => {
                self.step_back(*epoch, length);
            }
            (Request::Append(append), Answer::Appended { length }) => {
                self.appended(peer, append.epoch, sent.round, length);
            }
            (Request::Append(append), Answer::Gap { length }) => {
                self.rewind(peer, append.epoch, sent.round, length);
            }
            // An answer to another question: the peer is broken, and nothing follows from it.
            (_, Answer::Fenced { .. } | Answer::Records { .. }) => {}
            (_, Answer::Appended { .. } | Answer::Gap { .. }) => {}
        }
    }

    /// Lets in a message of `epoch`, or refuses it with the later epoch that is known here.
    fn admit(&mut self, epoch: Epoch) -> Result<(), Epoch> {
        if epoch < self.epoch {
            return Err(self.epoch);
        }
        self.hear(epoch);
        Ok(())
    }

    /// Whatever this server was, it is a backup of a later epoch.
    pub(crate) fn hear(&mut self, epoch: Epoch) {
        if epoch > self.epoch {
            self.epoch = epoch;
            self.role = Role::Backup;
        }
    }

    /// How many records are on this server's disk: what it may promise.
    fn synced(&self) -> u64 {
        self.durable.length
    }

    /// Puts records behind the first `length`, as [`Log::graft`] does.
    fn graft(&mut self, length: u64, records: &[Arc<Record>]) {
        let kept = self.log.graft(length, records);
        self.durable.length = self.durable.length.min(kept);
    }

    /// The first `length` records are on a majority's disks: they count from now on.
    fn commit(&mut self, length: u64) {
        for record in self.log.range(self.committed, length) {
            self.values.apply(record);
        }
        self.committed = self.committed.max(length.min(self.log.len()));
    }
}
