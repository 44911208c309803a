//! Pages of one number each, with checksums.
//!
//! The mistake: a page that the disk wrote to a wrong place is whole, and is taken for the one that
//! was there. Seen in: RAID with checksums alone (Krioukov et al., "Parity Lost and Parity Regained",
//! 2008); PostgreSQL's checksums take the number of the block in for this reason.

use crate::checksum::checksum;
use runtime_traits::{Blob, Error};
use std::io::ErrorKind;

const PAGE: u64 = 4096;

/// A file of such pages.
pub struct Pages<B> {
    blob: B,
    fixed: bool,
}

impl<B: Blob> Pages<B> {
    /// The pages of a file.
    pub fn new(blob: B, fixed: bool) -> Self {
        Self { blob, fixed }
    }

    fn sum(&self, place: u64, number: u64) -> u64 {
        checksum(&[if self.fixed { place } else { 0 }, number])
    }

    /// Writes a page, for the first time.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn put(&self, place: u64, number: u64) -> Result<(), Error> {
        let page = [number, self.sum(place, number)].map(u64::to_be_bytes);
        self.blob
            .write_at(page.as_flattened(), PAGE * place)
            .await?;
        self.blob.sync().await
    }

    /// Reads a page.
    ///
    /// # Errors
    /// [`Error::ReadFailed`] of kind [`ErrorKind::InvalidData`] when it is damaged; what the disk
    /// says.
    pub async fn get(&self, place: u64) -> Result<u64, Error> {
        let mut page = [[0; 8]; 2];
        let offset = PAGE * place;
        self.blob.read_at(page.as_flattened_mut(), offset).await?;
        let [number, promised] = page.map(u64::from_be_bytes);
        match promised == self.sum(place, number) {
            true => Ok(number),
            false => Err(Error::ReadFailed(ErrorKind::InvalidData.into())),
        }
    }
}
