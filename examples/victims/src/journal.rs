//! A journal of records, each with its length and a checksum.
//!
//! The mistake: a record that did not fit on the disk is left there in part, and those behind it are
//! not found again. Seen in: Redis before 2.6, whose append-only file could not be loaded after the
//! disk had been full (redis/redis#587, 2012).

use crate::checksum::checksum;
use runtime_traits::{Blob, Error, Storage};

/// What is before a record: its length and its checksum.
const HEAD: usize = 16;

/// Appends a record. It is durable once this returns.
///
/// # Errors
/// What the disk says.
pub async fn append<S: Storage>(disk: &S, record: &[u8], fixed: bool) -> Result<(), Error> {
    let blob = disk.open("db", b"journal").await?;
    let end = blob.len().await?;
    let head = [record.len() as u64, sum(record)].map(u64::to_be_bytes);
    let whole = [head.as_flattened(), record].concat();
    if let Err(full) = blob.write_at(&whole, end).await {
        if fixed {
            blob.truncate(end).await?;
        }
        return Err(full);
    }
    blob.sync().await
}

/// The records, up to the first that is not whole: there the machine has crashed.
///
/// # Errors
/// What the disk says.
pub async fn read<S: Storage>(disk: &S) -> Result<Vec<Vec<u8>>, Error> {
    let blob = disk.open("db", b"journal").await?;
    let mut bytes = vec![0; blob.len().await? as usize];
    blob.read_at(&mut bytes, 0).await?;
    let (mut records, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((head, behind)) = rest.split_at_checked(HEAD) {
        let word = |bytes: &[u8]| u64::from_be_bytes(bytes.try_into().expect("eight of them"));
        let (len, promised) = (word(&head[..8]) as usize, word(&head[8..]));
        match behind.split_at_checked(len) {
            Some((record, behind)) if sum(record) == promised => {
                records.push(record.to_vec());
                rest = behind;
            }
            _ => break,
        }
    }
    Ok(records)
}

fn sum(record: &[u8]) -> u64 {
    let words: Vec<_> = record.iter().map(|byte| u64::from(*byte)).collect();
    checksum(&words)
}
