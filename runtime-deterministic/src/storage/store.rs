//! The pages of one file, each counted by who has it as it is.
//!
//! Memory that was never touched costs more than all else that a write does. So what nobody has any
//! more is kept for the next page, by the thread: as much as its last run had at once.

use std::cell::RefCell;

/// The grain at which a system caches a file and writes it to the disk, in bytes.
pub(crate) const PAGE: u64 = 4096;
/// A thread keeps no more than this for its next pages: 1 GiB.
const MOST: usize = (1 << 30) / PAGE as usize;

type Bytes = [u8; PAGE as usize];

/// A page of a store, or a hole, which reads as zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page(u32);

impl Page {
    pub(super) const HOLE: Self = Self(u32::MAX);
}

// Counts of its own, not `Arc`'s: a locked instruction after a copy waits until all of it is written.
#[derive(Default)]
pub(super) struct Store {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

struct Slot {
    owners: u32,
    bytes: Option<Box<Bytes>>,
}

impl Store {
    /// A page of these bytes, which are as many as it has, with one owner.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Page {
        let page = self.reserve();
        self.fill(page, bytes);
        page
    }

    /// A page with one owner, which is to be [filled](Self::fill): until then it holds anything.
    pub(super) fn reserve(&mut self) -> Page {
        self.insert(memory())
    }

    /// Gives a page its bytes, for all its owners.
    pub(super) fn fill(&mut self, page: Page, bytes: &[u8]) {
        if let Some(place) = self.slots[page.0 as usize].bytes.as_deref_mut() {
            place.copy_from_slice(bytes);
        }
    }

    fn insert(&mut self, bytes: Box<Bytes>) -> Page {
        let slot = Slot {
            owners: 1,
            bytes: Some(bytes),
        };
        match self.free.pop() {
            Some(number) => {
                self.slots[number as usize] = slot;
                Page(number)
            }
            None => {
                self.slots.push(slot);
                Page(self.slots.len() as u32 - 1)
            }
        }
    }

    /// One owner more has the page.
    pub(super) fn share(&mut self, page: Page) -> Page {
        if page != Page::HOLE {
            self.slots[page.0 as usize].owners += 1;
        }
        page
    }

    /// One owner less does.
    pub(super) fn release(&mut self, page: Page) {
        if page == Page::HOLE {
            return;
        }
        let slot = &mut self.slots[page.0 as usize];
        slot.owners -= 1;
        if slot.owners == 0 {
            keep(slot.bytes.take());
            self.free.push(page.0);
        }
    }

    /// How many pages there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// What a page has, unless it is a hole.
    pub(super) fn bytes(&self, page: Page) -> Option<&Bytes> {
        self.slots.get(page.0 as usize)?.bytes.as_deref()
    }

    /// What the owner's page has, to be changed for this owner alone.
    pub(super) fn change(&mut self, page: &mut Page) -> &mut Bytes {
        let shared = |slot: &Slot| slot.owners > 1;
        if self.slots.get(page.0 as usize).is_none_or(shared) {
            let mut own = memory();
            own.copy_from_slice(self.bytes(*page).unwrap_or(&[0; PAGE as usize]));
            self.release(*page);
            *page = self.insert(own);
        }
        let bytes = self.slots[page.0 as usize].bytes.as_deref_mut();
        bytes.expect("a page that is owned has bytes")
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // The next run takes them in the order in which this one did.
        keep(self.slots.drain(..).rev().filter_map(|slot| slot.bytes));
    }
}

/// Pages that no file has.
struct Pool {
    pages: Vec<Box<Bytes>>,
    /// How many of them the run that is under way has not needed.
    idle: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = const {
        RefCell::new(Pool {
            pages: Vec::new(),
            idle: 0,
        })
    };
}

/// Memory for a page, with whatever it held before.
fn memory() -> Box<Bytes> {
    let kept = POOL.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        let page = pool.pages.pop();
        pool.idle = pool.idle.min(pool.pages.len());
        page
    });
    // A thread that ends may have dropped its pool before a run that it keeps.
    kept.ok().flatten().unwrap_or_else(|| {
        let fresh = vec![0; PAGE as usize].try_into();
        fresh.expect("as many bytes as a page has")
    })
}

fn keep(pages: impl IntoIterator<Item = Box<Bytes>>) {
    let _ = POOL.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        let room = MOST - pool.pages.len();
        pool.pages.extend(pages.into_iter().take(room));
    });
}

/// A run begins: what the one before did not need goes back to the system.
pub(crate) fn give_back_idle() {
    let _ = POOL.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        let needed = pool.pages.len() - pool.idle;
        pool.pages.truncate(needed);
        pool.pages.shrink_to(needed);
        pool.idle = needed;
    });
}

#[cfg(test)]
mod tests;
