//! The contents of a file, by pages: a write costs what it touches.

use std::collections::BTreeMap;

const PAGE: u64 = 4096;

#[derive(Clone, Default)]
pub(crate) struct Pages {
    pages: BTreeMap<u64, Box<[u8; PAGE as usize]>>,
    len: u64,
}

impl Pages {
    pub(crate) fn len(&self) -> u64 {
        self.len
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
            let page = self
                .pages
                .entry(page)
                .or_insert_with(|| Box::new([0; PAGE as usize]));
            page[start..start + len].copy_from_slice(head);
            (bytes, offset) = (tail, offset + len as u64);
        }
        self.len = self.len.max(offset);
    }

    /// Sets the length. What lies past it is gone, and reads as zeros when the length grows again.
    pub(crate) fn truncate(&mut self, len: u64) {
        if len < self.len {
            let (last, within) = (len / PAGE, (len % PAGE) as usize);
            drop(self.pages.split_off(&len.div_ceil(PAGE)));
            if let Some(page) = self.pages.get_mut(&last) {
                page[within..].fill(0);
            }
        }
        self.len = len;
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len as usize];
        self.read(&mut bytes, 0);
        bytes
    }
}

/// The page of `offset`, the place in it, and how many of `len` bytes it holds from there.
fn span(offset: u64, len: usize) -> (u64, usize, usize) {
    let start = (offset % PAGE) as usize;
    (offset / PAGE, start, len.min(PAGE as usize - start))
}
