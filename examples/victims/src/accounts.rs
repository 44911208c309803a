//! Accounts that are written over, in pages with checksums that know their place.
//!
//! The mistake: a page that the disk did not write, although it said so, is whole and in its place,
//! and old. Seen in: what Bairavasundaram et al. counted in the field ("An Analysis of Data Corruption
//! in the Storage Stack", 2008), and Oracle's `DB_LOST_WRITE_PROTECT` is for.

use crate::checksum::checksum;
use runtime_traits::{Blob, Error};
use std::io::ErrorKind;

const PAGE: u64 = 4096;

/// Says how new an account's balance is at least, for whoever reads it.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    account: u64,
    version: u64,
}

/// Writes a balance, of a version that is newer than those before.
///
/// # Errors
/// What the disk says.
pub async fn put(
    blob: &impl Blob,
    account: u64,
    version: u64,
    balance: u64,
) -> Result<Receipt, Error> {
    let page = [version, balance, checksum(&[account, version, balance])];
    let page = page.map(u64::to_be_bytes);
    blob.write_at(page.as_flattened(), PAGE * account).await?;
    blob.sync().await?;
    Ok(Receipt { account, version })
}

/// Reads the balance that a receipt is for, or a newer one.
///
/// # Errors
/// [`Error::ReadFailed`] of kind [`ErrorKind::InvalidData`] when it is damaged; what the disk says.
pub async fn get(blob: &impl Blob, receipt: Receipt, fixed: bool) -> Result<u64, Error> {
    let mut page = [[0; 8]; 3];
    let offset = PAGE * receipt.account;
    blob.read_at(page.as_flattened_mut(), offset).await?;
    let [version, balance, sum] = page.map(u64::from_be_bytes);
    let is_old = fixed && version < receipt.version;
    match sum == checksum(&[receipt.account, version, balance]) && !is_old {
        true => Ok(balance),
        false => Err(Error::ReadFailed(ErrorKind::InvalidData.into())),
    }
}
