//! What a server does for the primary of its epoch, and for one that is to become it.

use super::Replica;
use crate::{
    epoch::{Epoch, Position},
    message::peer::Append,
    record::Record,
};
use std::sync::Arc;

/// An answer that may be given once this is on disk, in this epoch still. What it says comes out of
/// [`Replica::kept`], and not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Promise {
    epoch: Epoch,
    /// Where the promised part of the log ends.
    position: Position,
}

/// Why a server does not do what another one asks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// It knows this later epoch.
    Earlier(Epoch),
    /// Its log does not follow: try again with at most so many records.
    Gap(u64),
}

impl Replica {
    /// Refuses every epoch before `epoch` from now on, and promises its log as it stands.
    pub(crate) fn fence(&mut self, epoch: Epoch) -> Result<Promise, Rejection> {
        self.admit(epoch).map_err(Rejection::Earlier)?;
        Ok(self.promise(self.log.position()))
    }

    /// Takes the primary's records, if they follow what is here.
    ///
    /// Records of earlier epochs that are in their way go: had a majority had them, the primary
    /// would have them too.
    pub(crate) fn append(&mut self, append: &Append) -> Result<Promise, Rejection> {
        self.admit(append.epoch).map_err(Rejection::Earlier)?;
        self.log.follows(append.after).map_err(Rejection::Gap)?;
        self.graft(append.after.length, &append.records);
        let end = append.after.length + append.records.len() as u64;
        self.commit(append.committed.min(end));
        Ok(self.promise(self.log.position_at(end)))
    }

    /// The records behind `after`, for the candidate of `epoch`, as many as fit into one message.
    pub(crate) fn fetch(
        &mut self,
        epoch: Epoch,
        after: Position,
    ) -> Result<Vec<Arc<Record>>, Rejection> {
        self.admit(epoch).map_err(Rejection::Earlier)?;
        self.log.follows(after).map_err(Rejection::Gap)?;
        Ok(self.log.batch(after.length, self.sizes.batch))
    }

    fn promise(&self, position: Position) -> Promise {
        let epoch = self.epoch;
        Promise { epoch, position }
    }

    /// Up to where the log is promised, once that is on disk: `None` as long as it is not, an error
    /// when it never will be because a later epoch has begun.
    pub(crate) fn kept(&self, promise: Promise) -> Option<Result<Position, Rejection>> {
        if self.epoch != promise.epoch {
            return Some(Err(Rejection::Earlier(self.epoch)));
        }
        let durable =
            self.durable.epoch == promise.epoch && self.synced() >= promise.position.length;
        durable.then_some(Ok(promise.position))
    }
}
