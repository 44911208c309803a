//! The log on disk: records one after the other, each behind its length and its checksum.
//!
//! A checksum covers its record and, through the checksum before, everything before it. So bytes
//! that an earlier, longer log left behind never pass for the rest of this one.

use crate::{
    limits::READ_LIMIT,
    record::Record,
    wire::{Input, Wire},
};
use runtime_traits::{Blob, Error};
use std::sync::Arc;

/// A length and a checksum.
const HEADER: usize = 8;

pub(super) struct Wal<B> {
    blob: B,
    /// Where each record ends.
    ends: Vec<Mark>,
    /// The blob's length.
    length: u64,
}

/// The end of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Mark {
    offset: u64,
    /// The record's checksum, which the next one's builds on.
    checksum: u32,
}

impl<B: Blob> Wal<B> {
    /// Opens the log and reads it as far as it is whole. What a crash tore off behind goes.
    pub(super) async fn open(blob: B) -> Result<(Self, Vec<Arc<Record>>), Error> {
        let mut bytes = vec![0; blob.len().await? as usize];
        for (start, part) in (0..).step_by(READ_LIMIT).zip(bytes.chunks_mut(READ_LIMIT)) {
            blob.read_at(part, start).await?;
        }
        let (ends, records) = replay(&bytes);
        let mut wal = Self {
            blob,
            ends,
            length: bytes.len() as u64,
        };
        wal.cut(wal.ends.len()).await?;
        // What can be read need not be on disk: a process that was killed did not sync it, and after
        // a sync that failed no later one would. Written again it gets there.
        bytes.truncate(wal.length as usize);
        wal.blob.write_at(&bytes, 0).await?;
        wal.blob.sync().await?;
        Ok((wal, records))
    }

    /// Makes the log `records` behind its first `keep` ones, durably.
    pub(super) async fn write(&mut self, keep: u64, records: &[Arc<Record>]) -> Result<(), Error> {
        self.cut(keep as usize).await?;
        let start = self.end();
        let mut bytes = Vec::new();
        for record in records {
            let checksum = append(&mut bytes, self.end().checksum, record);
            let offset = start.offset + bytes.len() as u64;
            self.ends.push(Mark { offset, checksum });
        }
        self.blob.write_at(&bytes, start.offset).await?;
        self.length = self.end().offset;
        self.blob.sync().await
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        self.blob.close().await
    }

    /// Cuts off what lies behind the first `keep` records.
    async fn cut(&mut self, keep: usize) -> Result<(), Error> {
        self.ends.truncate(keep);
        let end = self.end().offset;
        if self.length > end {
            self.blob.truncate(end).await?;
            self.length = end;
        }
        Ok(())
    }

    fn end(&self) -> Mark {
        self.ends.last().copied().unwrap_or_default()
    }
}

/// Appends `record` to `bytes` behind its header, and returns its checksum.
fn append(bytes: &mut Vec<u8>, before: u32, record: &Record) -> u32 {
    let header = bytes.len();
    bytes.resize(header + HEADER, 0);
    record.encode(bytes);
    let length = (bytes.len() - header - HEADER) as u32;
    let checksum = checksum(before, &bytes[header + HEADER..]);
    bytes[header..][..4].copy_from_slice(&length.to_be_bytes());
    bytes[header + 4..][..4].copy_from_slice(&checksum.to_be_bytes());
    checksum
}

/// The records at the front of `bytes`, up to the first that is not whole.
fn replay(bytes: &[u8]) -> (Vec<Mark>, Vec<Arc<Record>>) {
    let mut ends = Vec::new();
    let mut records = Vec::new();
    let mut end = Mark::default();
    while let Some((mark, record)) = next(bytes, end) {
        end = mark;
        ends.push(mark);
        records.push(Arc::new(record));
    }
    (ends, records)
}

/// The record behind `before`, if it is whole.
fn next(bytes: &[u8], before: Mark) -> Option<(Mark, Record)> {
    let mut input = Input::new(&bytes[before.offset as usize..]);
    let length = u32::decode(&mut input).ok()?;
    let stored = u32::decode(&mut input).ok()?;
    let payload = input.take(length as usize).ok()?;
    let checksum = checksum(before.checksum, payload);
    if checksum != stored {
        return None;
    }
    let offset = before.offset + HEADER as u64 + u64::from(length);
    let record = Record::from_bytes(payload).ok()?;
    Some((Mark { offset, checksum }, record))
}

fn checksum(before: u32, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(before);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests;
