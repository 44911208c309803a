//! The keys and values that the log adds up to.

use crate::record::{Change, Put, Record};
use std::collections::BTreeMap;

/// What a prefix of the log adds up to.
///
/// It remembers each client's last sequence number, so that a put that is in the log twice counts
/// once. Clients are never forgotten: 16 bytes and more for each that ever wrote.
#[derive(Debug, Default)]
pub(crate) struct Values {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    sequences: BTreeMap<u64, u64>,
}

impl Values {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Vec<u8>> {
        self.values.get(key)
    }

    pub(crate) fn apply(&mut self, record: &Record) {
        match &record.change {
            Change::Opened => {}
            Change::Put(put) => self.put(put),
        }
    }

    fn put(&mut self, put: &Put) {
        let last = self.sequences.entry(put.client).or_default();
        if put.sequence <= *last {
            return;
        }
        *last = put.sequence;
        self.values.insert(put.key.clone(), put.value.clone());
    }
}

#[cfg(test)]
mod tests;
