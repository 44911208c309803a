//! A short list that grows at its end and is read without a lock. It knows nothing of counts.

use crate::sync::OnceLock;
use std::iter::successors;

/// Values by their names.
pub(super) struct Chain<T>(OnceLock<Box<Link<T>>>);

struct Link<T> {
    name: Box<str>,
    value: T,
    next: Chain<T>,
}

/// A longer one is for a map to replace.
const MOST: usize = 8;

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Chain<T> {
    fn links(&self) -> impl Iterator<Item = &Link<T>> {
        successors(self.0.get(), |link| link.next.0.get()).map(|link| &**link)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.links().map(|link| &link.value)
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let mut links = self.links();
        let found = links.find(|link| &*link.name == name);
        found.map(|link| &link.value)
    }

    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        self.links().count() < MOST
    }

    /// Adds one at the end. Those who add hold a lock.
    pub(super) fn add(&self, name: &str, value: T) {
        let end = self.links().last().map_or(self, |link| &link.next);
        let link = Link {
            name: name.into(),
            value,
            next: Self::default(),
        };
        let added = end.0.set(Box::new(link));
        debug_assert!(added.is_ok(), "one adds at a time");
    }
}
