//! Numbers that are handed out once each, across restarts.
//!
//! The mistake: a file that cannot be read is taken for one that is not there yet, and the numbers
//! start again. Seen in: much of what Yuan et al. found, "Simple Testing Can Prevent Most Critical
//! Failures" (2014): errors that are caught and ignored.

use runtime_traits::{Blob, Error, Storage};

/// The next number.
///
/// # Errors
/// What the disk says. No number is handed out then.
pub async fn next<S: Storage>(disk: &S, fixed: bool) -> Result<u64, Error> {
    let blob = disk.open("numbers", b"next").await?;
    let mut next = [0; 8];
    match blob.read_at(&mut next, 0).await {
        // None was handed out yet.
        Ok(()) | Err(Error::BlobInsufficientLength) => {}
        Err(error) if fixed => return Err(error),
        Err(_) => {}
    }
    let next = u64::from_be_bytes(next);
    blob.write_at(&(next + 1).to_be_bytes(), 0).await?;
    blob.sync().await?;
    Ok(next)
}
