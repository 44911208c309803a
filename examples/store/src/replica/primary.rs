//! What a primary does: it orders the puts, and counts who has them and who still obeys.

use super::{Outgoing, Replica, Role};
use crate::{
    epoch::{Epoch, Position},
    message::peer::{Append, Request},
    record::{Change, Put, Record},
};
use std::collections::BTreeMap;

/// What a primary keeps about its epoch.
#[derive(Debug)]
pub(super) struct Primary {
    /// How many records it took over. Those behind are its own.
    inherited: u64,
    /// Counts the reads. A backup that answers a message sent in a round confirms the epoch for all
    /// reads up to that round.
    pub(super) round: u64,
    backups: BTreeMap<u16, Progress>,
}

/// How far a backup is.
#[derive(Debug)]
pub(super) struct Progress {
    /// How many records to send behind.
    next: u64,
    /// How many records it has on its disk, the same as the primary's.
    matched: u64,
    /// The latest round that it answered.
    confirmed: u64,
}

/// A read that waits for a majority to confirm the epoch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    epoch: Epoch,
    round: u64,
}

/// This server is not primary, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotPrimary;

impl Primary {
    pub(super) fn new(backups: impl Iterator<Item = u16>, inherited: u64) -> Self {
        let progress = |backup| (backup, Progress::new(inherited));
        Self {
            inherited,
            round: 0,
            backups: backups.map(progress).collect(),
        }
    }

    pub(super) fn progress(&self, backup: u16) -> Option<&Progress> {
        self.backups.get(&backup)
    }
}

impl Progress {
    fn new(next: u64) -> Self {
        Self {
            next,
            matched: 0,
            confirmed: 0,
        }
    }

    /// Whether the backup lacks records of a log of `length`, or has not confirmed `round`.
    pub(super) fn lacks(&self, length: u64, round: u64) -> bool {
        self.next < length || self.confirmed < round
    }
}

impl Replica {
    /// Writes a put behind everything else. It may be acknowledged when
    /// [`acknowledged`](Self::acknowledged) says so of the returned position.
    pub(crate) fn put(&mut self, put: Put) -> Result<Position, NotPrimary> {
        let Role::Primary(_) = self.role else {
            return Err(NotPrimary);
        };
        self.log.push(Record {
            epoch: self.epoch,
            change: Change::Put(put),
        });
        Ok(self.log.position())
    }

    /// Whether a majority has the log up to `position` on disk: `None` as long as it has not, an
    /// error when that is for another primary to say.
    pub(crate) fn acknowledged(&self, position: Position) -> Option<Result<(), NotPrimary>> {
        if self.epoch != position.epoch {
            return Some(Err(NotPrimary));
        }
        (self.committed >= position.length).then_some(Ok(()))
    }

    /// Begins a read.
    pub(crate) fn begin_read(&mut self) -> Result<Read, NotPrimary> {
        let Role::Primary(primary) = &mut self.role else {
            return Err(NotPrimary);
        };
        primary.round += 1;
        Ok(Read {
            epoch: self.epoch,
            round: primary.round,
        })
    }

    /// The value of `key`, once a majority has confirmed, since `read` began, that this server is
    /// primary: `None` as long as it has not, an error when it never will.
    pub(crate) fn finish_read(
        &self,
        read: Read,
        key: &[u8],
    ) -> Option<Result<Option<Vec<u8>>, NotPrimary>> {
        let Role::Primary(primary) = &self.role else {
            return Some(Err(NotPrimary));
        };
        if self.epoch != read.epoch {
            return Some(Err(NotPrimary));
        }
        let confirmed = primary.backups.values();
        let confirmed = confirmed.filter(|backup| backup.confirmed >= read.round);
        let ready = self.is_open() && confirmed.count() + 1 >= self.sizes.majority;
        ready.then(|| Ok(self.values.get(key).cloned()))
    }

    /// The epoch of which this server is primary, if it is.
    pub(crate) fn reign(&self) -> Option<Epoch> {
        self.is_open().then_some(self.epoch)
    }

    /// Whether a majority has the record that opens this primary's epoch, and so all that any
    /// earlier primary acknowledged.
    pub(super) fn is_open(&self) -> bool {
        match &self.role {
            Role::Primary(primary) => self.committed > primary.inherited,
            Role::Backup | Role::Candidate(_) => false,
        }
    }

    pub(super) fn append_for(&self, primary: &Primary, backup: &Progress) -> Outgoing {
        let append = Append {
            epoch: self.epoch,
            after: self.log.position_at(backup.next),
            records: self.log.batch(backup.next, self.sizes.batch),
            committed: self.committed,
        };
        Outgoing {
            request: Request::Append(append),
            round: primary.round,
        }
    }

    /// A backup has the first `length` records on disk.
    pub(super) fn appended(&mut self, backup: u16, epoch: Epoch, round: u64, length: u64) {
        if let Some(progress) = self.progress_mut(backup, epoch) {
            progress.next = length;
            progress.matched = progress.matched.max(length);
            progress.confirmed = progress.confirmed.max(round);
        }
        self.advance();
    }

    /// A backup needs the records from an earlier place on.
    pub(super) fn rewind(&mut self, backup: u16, epoch: Epoch, round: u64, length: u64) {
        if let Some(progress) = self.progress_mut(backup, epoch) {
            progress.next = progress.next.min(length);
            progress.confirmed = progress.confirmed.max(round);
        }
    }

    /// Commits what a majority has on disk, this server included.
    ///
    /// Only records of the primary's own epoch are counted; those before come with them. A record
    /// of an earlier epoch may be on a majority's disks and still lose against a later log.
    pub(super) fn advance(&mut self) {
        let Role::Primary(primary) = &self.role else {
            return;
        };
        let backups = primary.backups.values().map(|backup| backup.matched);
        let mut lengths: Vec<u64> = backups.chain([self.synced()]).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        let common = lengths[self.sizes.majority - 1];
        if common > primary.inherited {
            self.commit(common);
        }
    }

    fn progress_mut(&mut self, backup: u16, epoch: Epoch) -> Option<&mut Progress> {
        match &mut self.role {
            Role::Primary(primary) if epoch == self.epoch => primary.backups.get_mut(&backup),
            _ => None,
        }
    }
}
