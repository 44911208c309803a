//! The log in memory. Knows nothing of who else has it, nor of what is on disk.

use crate::{
    epoch::{Epoch, Position},
    record::Record,
};
use std::sync::Arc;

/// Records in order. It is kept whole: there are no snapshots.
#[derive(Debug, Default)]
pub(crate) struct Log(Vec<Arc<Record>>);

impl Log {
    pub(crate) fn new(records: Vec<Arc<Record>>) -> Self {
        Self(records)
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(crate) fn push(&mut self, record: Record) {
        self.0.push(Arc::new(record));
    }

    /// Where the log ends.
    pub(crate) fn position(&self) -> Position {
        self.position_at(self.len())
    }

    /// Where its first `length` records end; where the log ends when it has fewer.
    pub(crate) fn position_at(&self, length: u64) -> Position {
        let length = length.min(self.len());
        let epoch = self.epoch_of(length).unwrap_or_default();
        Position { epoch, length }
    }

    /// The records from `start` on, up to `end`, as far as there are any.
    pub(crate) fn range(&self, start: u64, end: u64) -> &[Arc<Record>] {
        let end = end.min(self.len()) as usize;
        self.0.get(start as usize..end).unwrap_or_default()
    }

    /// The records from `start` on that fit into `budget` bytes, but at least one.
    pub(crate) fn batch(&self, start: u64, budget: usize) -> Vec<Arc<Record>> {
        let mut size = 0;
        let fits = |record: &&Arc<Record>| {
            let first = size == 0;
            size += record.size();
            first || size <= budget
        };
        let records = self.range(start, self.len());
        records.iter().take_while(fits).cloned().collect()
    }

    /// Whether this log and a sender's are the same up to `after`.
    ///
    /// # Errors
    /// They are not, and it is of no use to try again with more than so many records.
    pub(crate) fn follows(&self, after: Position) -> Result<(), u64> {
        let here = self.position_at(after.length);
        if here == after {
            return Ok(());
        }
        if here.length < after.length {
            return Err(here.length);
        }
        // The whole run of records of the epoch that differs is in doubt: skip it at once.
        let run = self.0[..here.length as usize].iter().rev();
        let run = run.take_while(|record| record.epoch == here.epoch);
        Err(here.length - run.count() as u64)
    }

    /// Puts `records` behind the first `length` of this log. What is there already stays; from the
    /// first record that differs on, the old ones make way.
    ///
    /// Returns how many of the old records remain.
    pub(crate) fn graft(&mut self, length: u64, records: &[Arc<Record>]) -> u64 {
        let places = length + 1..;
        let known = places
            .zip(records)
            .take_while(|(place, record)| self.epoch_of(*place) == Some(record.epoch))
            .count();
        if known < records.len() {
            self.0.truncate(length as usize + known);
        }
        let kept = self.len();
        self.0.extend_from_slice(&records[known..]);
        kept
    }

    /// The epoch of the last of the first `length` records.
    fn epoch_of(&self, length: u64) -> Option<Epoch> {
        let last = length.checked_sub(1)?;
        Some(self.0.get(last as usize)?.epoch)
    }
}

#[cfg(test)]
mod tests;
