//! The contents of a file, by pages: a write costs what it touches, and equal pages are shared.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::Arc};

/// The grain at which a system caches a file and writes it to the disk, in bytes.
pub(crate) const PAGE: u64 = 4096;

/// A page's bytes, shared by all who have the page as it is.
pub(crate) type Page = Arc<[u8]>;

#[derive(Clone, Default)]
pub(crate) struct Pages {
    pages: BTreeMap<u64, Page>,
    len: u64,
}

impl Pages {
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// How many pages are not holes.
    pub(crate) fn count(&self) -> u64 {
        self.pages.len() as u64
    }

    /// The pages that are not holes, ascending.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.pages.keys().copied()
    }

    pub(crate) fn contains(&self, page: u64) -> bool {
        self.pages.contains_key(&page)
    }

    /// Fills `buf` from `offset` on; what was never written reads as zeros.
    pub(crate) fn read(&self, mut buf: &mut [u8], mut offset: u64) {
        while !buf.is_empty() {
            let (page, start, len) = span(offset, buf.len());
            let (head, tail) = buf.split_at_mut(len);
            match self.pages.get(&page) {
                Some(page) => head.copy_from_slice(&page[start..start + len]),
                None => head.fill(0),
            }
            (buf, offset) = (tail, offset + len as u64);
        }
    }

    /// Writes `bytes` at `offset`, and extends the length to their end.
    pub(crate) fn write(&mut self, mut bytes: &[u8], mut offset: u64) {
        while !bytes.is_empty() {
            let (page, start, len) = span(offset, bytes.len());
            let (head, tail) = bytes.split_at(len);
            if len == PAGE as usize {
                self.pages.insert(page, head.into());
            } else {
                let page = self.pages.entry(page);
                let page = page.or_insert_with(|| Arc::new([0; PAGE as usize]));
                Arc::make_mut(page)[start..start + len].copy_from_slice(head);
            }
            (bytes, offset) = (tail, offset + len as u64);
        }
        self.grow(offset);
    }

    /// Writes a whole page at `offset`, the beginning of one, without a copy.
    pub(crate) fn share(&mut self, page: &Page, offset: u64) {
        self.pages.insert(offset / PAGE, page.clone());
        self.grow(offset + PAGE);
    }

    /// The pages of a range that is no hole, to be shared.
    pub(crate) fn pages(&self, range: RangeInclusive<u64>) -> Vec<Page> {
        range
            .filter_map(|page| self.pages.get(&page).cloned())
            .collect()
    }

    /// Sets the length. What lies past it is gone, and reads as zeros when the length grows again.
    pub(crate) fn truncate(&mut self, len: u64) {
        if len < self.len {
            drop(self.pages.split_off(&len.div_ceil(PAGE)));
            self.clear_from(len);
        }
        self.len = len;
    }

    pub(crate) fn grow(&mut self, len: u64) {
        self.len = self.len.max(len);
    }

    fn clear_from(&mut self, len: u64) {
        if let Some(page) = self.pages.get_mut(&(len / PAGE)) {
            Arc::make_mut(page)[(len % PAGE) as usize..].fill(0);
        }
    }

    /// Makes a page what it is in another file's contents, as far as the length goes.
    pub(crate) fn copy(&mut self, other: &Self, page: u64) {
        match other.pages.get(&page) {
            Some(content) => self.pages.insert(page, content.clone()),
            None => self.pages.remove(&page),
        };
        self.clear_from(self.len);
    }

    /// Turns a bit of a byte that is not in a hole.
    pub(crate) fn flip(&mut self, offset: u64, bit: u32) {
        if let Some(page) = self.pages.get_mut(&(offset / PAGE)) {
            Arc::make_mut(page)[(offset % PAGE) as usize] ^= 1 << bit;
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        // Zeroed memory costs nothing until it is touched: holes stay cheap.
        let mut bytes = vec![0; self.len as usize];
        for (page, content) in &self.pages {
            let start = (page * PAGE) as usize;
            let end = bytes.len().min(start + PAGE as usize);
            bytes[start..end].copy_from_slice(&content[..end - start]);
        }
        bytes
    }
}

/// The pages that `len` bytes at `offset` touch.
pub(crate) fn touched(offset: u64, len: usize) -> RangeInclusive<u64> {
    offset / PAGE..=(offset + len.max(1) as u64 - 1) / PAGE
}

/// The page of `offset`, the place in it, and how many of `len` bytes it holds from there.
fn span(offset: u64, len: usize) -> (u64, usize, usize) {
    let start = (offset % PAGE) as usize;
    (offset / PAGE, start, len.min(PAGE as usize - start))
}
