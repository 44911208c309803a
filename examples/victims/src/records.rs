//! Records of one number each.
//!
//! The mistake: what is read is believed. Seen in: Redis, whose append-only file had no checksums and
//! gave its clients what bits had turned (Ganesan et al., "Redundancy Does Not Imply Fault Tolerance",
//! 2017).

use crate::checksum::checksum;
use runtime_traits::{Blob, Error};
use std::io::ErrorKind;

const LEN: u64 = 16;

/// Writes a record, with its checksum.
///
/// # Errors
/// What the disk says.
pub async fn put(blob: &impl Blob, place: u64, number: u64) -> Result<(), Error> {
    let record = [number, checksum(&[number])].map(u64::to_be_bytes);
    blob.write_at(record.as_flattened(), LEN * place).await?;
    blob.sync().await
}

/// Reads a record.
///
/// # Errors
/// [`Error::ReadFailed`] of kind [`ErrorKind::InvalidData`] when it is damaged; what the disk says.
pub async fn get(blob: &impl Blob, place: u64, fixed: bool) -> Result<u64, Error> {
    let mut record = [[0; 8]; 2];
    let bytes = record.as_flattened_mut();
    blob.read_at(bytes, LEN * place).await?;
    let [number, sum] = record.map(u64::from_be_bytes);
    if fixed && sum != checksum(&[number]) {
        return Err(Error::ReadFailed(ErrorKind::InvalidData.into()));
    }
    Ok(number)
}
