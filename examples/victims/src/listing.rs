//! The names in a partition, page by page.
//!
//! The mistake: the name between two pages is on neither. Seen in: LanceDB's list of tables
//! (lancedb/lancedb#3915). With pages of a thousand no test sees it, unless some pages are smaller.

use runtime_traits::{Buggify, Error, Storage};

const MOST: usize = 1_000;

/// A page of names, and what comes after it.
pub struct Page {
    /// The names, ascending.
    pub names: Vec<Vec<u8>>,
    /// Where the next page goes on, if there is one.
    pub token: Option<Vec<u8>>,
}

/// The names behind `token`, or from the first on.
///
/// # Errors
/// What the disk says.
pub async fn list<S: Storage + Buggify>(
    disk: &S,
    token: Option<Vec<u8>>,
    fixed: bool,
) -> Result<Page, Error> {
    let mut names = disk.scan("tables").await?;
    names.retain(|name| token.as_ref().is_none_or(|token| name > token));
    let most = if disk.buggify("listing/small-page") {
        2
    } else {
        MOST
    };
    let next = if fixed { most - 1 } else { most };
    let token = names.get(most).and(names.get(next)).cloned();
    names.truncate(most);
    Ok(Page { names, token })
}
