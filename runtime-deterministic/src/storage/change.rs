//! A change of a file that is not yet durable.

use super::{
    pages::{Pages, touched},
    store::{PAGE, Page, Store},
};
use std::{collections::BTreeSet, ops::Range};

pub(super) enum Change {
    Write { offset: u64, bytes: Written },
    Truncate(u64),
}

/// What a write wrote. It owns its pages, which others share.
pub(super) enum Written {
    Bytes(Vec<u8>),
    /// A whole page.
    Page(Page),
    Pages(Vec<Page>),
}

impl Change {
    /// The pages whose bytes it changes.
    pub(super) fn pages(&self) -> impl Iterator<Item = u64> + use<> {
        let touched = match self {
            Self::Write { offset, bytes } => Some(touched(*offset, bytes.len())),
            Self::Truncate(_) => None,
        };
        touched.into_iter().flatten()
    }

    /// Makes it, but for the pages of `lost`.
    pub(super) fn apply(self, store: &mut Store, to: &mut Pages, lost: &BTreeSet<u64>) {
        match self {
            Self::Write { offset, bytes } => bytes.write(store, to, offset, lost),
            Self::Truncate(len) => to.truncate(store, len),
        }
    }
}

impl Written {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Page(_) => PAGE as usize,
            Self::Pages(pages) => pages.len() * PAGE as usize,
        }
    }

    /// The length gets there wholly.
    fn write(self, store: &mut Store, to: &mut Pages, offset: u64, lost: &BTreeSet<u64>) {
        let end = offset + self.len() as u64;
        let mut put = |page, offset| match lost.contains(&(offset / PAGE)) {
            false => to.put(store, page, offset),
            true => store.release(page),
        };
        match self {
            Self::Page(page) => put(page, offset),
            Self::Pages(pages) => {
                let places = (offset..).step_by(PAGE as usize);
                let pages = pages.into_iter().zip(places);
                pages.for_each(|(page, offset)| put(page, offset));
            }
            Self::Bytes(bytes) => {
                for (offset, part) in parts(PAGE, offset, bytes.len()) {
                    if !lost.contains(&(offset / PAGE)) {
                        to.write(store, &bytes[part], offset);
                    }
                }
            }
        }
        to.grow(end);
    }
}

/// The parts of a write that lie in one sector or page each: where they go, and which bytes they are.
pub(super) fn parts(
    grain: u64,
    offset: u64,
    len: usize,
) -> impl Iterator<Item = (u64, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (start, offset) = (at, offset + at as u64);
        at = len.min(start + (grain - offset % grain) as usize);
        (start < len).then_some((offset, start..at))
    })
}
