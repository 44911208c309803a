//! The contents of a file, by pages: a write costs what it touches, and contents share the pages in
//! which they are equal.
//!
//! Pages lie in leaves of 256, so that neither the length of a file nor its holes cost anything. The
//! pages themselves are the file's [`Store`]'s, which contents that share them have in common.

use super::store::{PAGE, Page, Store};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// How many pages a leaf has.
const LEAF: u64 = 256;

type Leaf = [Page; LEAF as usize];

#[derive(Default)]
pub(super) struct Pages {
    leaves: BTreeMap<u64, Box<Leaf>>,
    /// How many pages are not holes.
    count: u64,
    len: u64,
}

impl Pages {
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// How many pages are not holes.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The pages that are not holes, ascending, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, Page)> {
        let leaves = self.leaves.iter();
        let pages = leaves.flat_map(|(leaf, pages)| (leaf * LEAF..).zip(pages.iter().copied()));
        pages.filter(|(_, page)| *page != Page::HOLE)
    }

    pub(super) fn contains(&self, number: u64) -> bool {
        self.page(number) != Page::HOLE
    }

    fn page(&self, number: u64) -> Page {
        let leaf = self.leaves.get(&(number / LEAF));
        leaf.map_or(Page::HOLE, |leaf| leaf[(number % LEAF) as usize])
    }

    /// The place of a page that is to be written.
    fn place(&mut self, number: u64) -> &mut Page {
        let holes = || Box::new([Page::HOLE; LEAF as usize]);
        let leaf = self.leaves.entry(number / LEAF).or_insert_with(holes);
        let page = &mut leaf[(number % LEAF) as usize];
        self.count += u64::from(*page == Page::HOLE);
        page
    }

    /// Puts a page, of which these contents become an owner, in the place of another.
    fn set(&mut self, store: &mut Store, number: u64, page: Page) {
        let before = std::mem::replace(self.place(number), page);
        self.count -= u64::from(page == Page::HOLE);
        store.release(before);
    }

    /// Fills `buf` from `offset` on; what was never written reads as zeros.
    pub(super) fn read(&self, store: &Store, mut buf: &mut [u8], mut offset: u64) {
        while !buf.is_empty() {
            let (number, start, len) = span(offset, buf.len());
            let (head, tail) = buf.split_at_mut(len);
            match store.bytes(self.page(number)) {
                Some(bytes) => head.copy_from_slice(&bytes[start..start + len]),
                None => head.fill(0),
            }
            (buf, offset) = (tail, offset + len as u64);
        }
    }

    /// Writes `bytes` at `offset`, and extends the length to their end.
    pub(super) fn write(&mut self, store: &mut Store, mut bytes: &[u8], mut offset: u64) {
        while !bytes.is_empty() {
            let (number, start, len) = span(offset, bytes.len());
            let (head, tail) = bytes.split_at(len);
            match len == PAGE as usize {
                true => {
                    let page = store.add(head);
                    self.set(store, number, page);
                }
                false => {
                    store.change(self.place(number))[start..start + len].copy_from_slice(head);
                }
            }
            (bytes, offset) = (tail, offset + len as u64);
        }
        self.grow(offset);
    }

    /// Writes a whole page, of which these contents become an owner, at `offset`, the beginning of
    /// one.
    pub(super) fn put(&mut self, store: &mut Store, page: Page, offset: u64) {
        self.set(store, offset / PAGE, page);
        self.grow(offset + PAGE);
    }

    /// Sets the length. What lies past it is gone, and reads as zeros when the length grows again.
    pub(super) fn truncate(&mut self, store: &mut Store, len: u64) {
        if len < self.len {
            let end = len.div_ceil(PAGE);
            let whole = end.next_multiple_of(LEAF);
            let leaves = self.leaves.split_off(&(whole / LEAF));
            for page in leaves.into_values().flat_map(|leaf| *leaf) {
                self.count -= u64::from(page != Page::HOLE);
                store.release(page);
            }
            for number in end..whole {
                self.punch(store, number);
            }
            self.clear_from(store, len);
        }
        self.len = len;
    }

    pub(super) fn grow(&mut self, len: u64) {
        self.len = self.len.max(len);
    }

    /// Makes a page a hole.
    fn punch(&mut self, store: &mut Store, number: u64) {
        if self.contains(number) {
            self.set(store, number, Page::HOLE);
        }
    }

    /// Of the page that `len` ends in the rest becomes zeros.
    fn clear_from(&mut self, store: &mut Store, len: u64) {
        if self.contains(len / PAGE) {
            store.change(self.place(len / PAGE))[(len % PAGE) as usize..].fill(0);
        }
    }

    /// Makes a page what it is in other contents, as far as the length goes.
    pub(super) fn copy(&mut self, store: &mut Store, other: &Self, number: u64) {
        match other.page(number) {
            Page::HOLE => self.punch(store, number),
            page => {
                let page = store.share(page);
                self.set(store, number, page);
            }
        }
        if number == self.len / PAGE {
            self.clear_from(store, self.len);
        }
    }

    /// Of these contents the same length and some of the pages.
    pub(super) fn part(&self, store: &mut Store, numbers: impl Iterator<Item = u64>) -> Self {
        let mut part = Self {
            len: self.len,
            ..Self::default()
        };
        for number in numbers.filter(|number| self.contains(*number)) {
            *part.place(number) = store.share(self.page(number));
        }
        part
    }

    /// Turns a bit of a byte that is not in a hole.
    pub(super) fn flip(&mut self, store: &mut Store, offset: u64, bit: u32) {
        if self.contains(offset / PAGE) {
            store.change(self.place(offset / PAGE))[(offset % PAGE) as usize] ^= 1 << bit;
        }
    }

    pub(super) fn to_vec(&self, store: &Store) -> Vec<u8> {
        // Zeroed memory costs nothing until it is touched: holes stay cheap.
        let mut bytes = vec![0; self.len as usize];
        for (number, page) in self.iter() {
            let start = (number * PAGE) as usize;
            let end = bytes.len().min(start + PAGE as usize);
            if let Some(content) = store.bytes(page) {
                bytes[start..end].copy_from_slice(&content[..end - start]);
            }
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
