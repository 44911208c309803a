//! The labels below one root, as a tree that is read without a lock: what a task carries is one
//! pointer into it.

use super::Home;
use crate::{
    label::{Count, Tasks},
    sync::{Mutex, OnceLock},
};
use std::{
    collections::BTreeMap,
    iter::successors,
    mem,
    sync::{Arc, PoisonError, Weak},
};

/// What the tasks of one label and one root have in common. It holds those below it, and none holds the
/// one above: so a root and its labels are gone with their tasks.
pub(super) struct Branch {
    pub(super) home: Option<Arc<Home>>,
    /// `None` for a root, which is no task.
    pub(super) count: Option<Arc<Count>>,
    /// Those of its parents in front. `None` for a root, whose is empty.
    pub(super) path: Option<Arc<str>>,
    /// Where its own label begins there.
    own: usize,
    /// What counts the labels below it.
    tasks: Option<Tasks>,
    links: Links,
}

/// The labels that one holds.
struct Links {
    /// The label below this one that came first.
    first: Next,
    /// The one beside this that came after it.
    next: Next,
    /// Those below it that came after the first few. Locked while one is added anywhere below it.
    others: Mutex<BTreeMap<Box<str>, Link>>,
}

type Next = OnceLock<Link>;

impl Links {
    fn none() -> Self {
        Self {
            first: Next::new(),
            next: Next::new(),
            others: Mutex::default(),
        }
    }

    /// One of them; the others wait.
    fn take(&mut self, waiting: &mut Vec<Link>) -> Option<Link> {
        let others = self.others.get_mut();
        let others = others.unwrap_or_else(PoisonError::into_inner);
        if !others.is_empty() {
            waiting.extend(mem::take(others).into_values());
        }
        let first = self.first.take();
        if first.is_some() {
            waiting.extend(self.next.take());
            return first;
        }
        self.next.take()
    }
}

impl Drop for Links {
    /// One after the other: labels may be nested deeper than a stack is.
    fn drop(&mut self) {
        let mut waiting = Vec::new();
        let mut next = self.take(&mut waiting);
        while let Some(link) = next {
            let branch = link.let_go();
            let below = branch.and_then(|mut branch| branch.links.take(&mut waiting));
            next = below.or_else(|| waiting.pop());
        }
    }
}

/// What holds a label and is no task.
struct Link(Arc<Branch>);

impl Link {
    /// Its label, where nobody else holds that.
    fn let_go(self) -> Option<Branch> {
        match self.0.count.clone() {
            Some(count) => count.unlink(self.0),
            None => Arc::into_inner(self.0),
        }
    }
}

/// Of so many labels below one each is found without a lock.
const FIRST: usize = 8;

impl Branch {
    pub(super) fn root(home: Option<Arc<Home>>) -> Self {
        Self {
            home,
            count: None,
            path: None,
            own: 0,
            tasks: None,
            links: Links::none(),
        }
    }

    /// The same label, at another home.
    pub(super) fn moved(&self, home: Option<Arc<Home>>) -> Arc<Self> {
        Self::counted(Self {
            count: self.count.clone(),
            path: self.path.clone(),
            own: self.own,
            tasks: self.tasks.clone(),
            ..Self::root(home)
        })
    }

    fn counted(self) -> Arc<Self> {
        let counted = Arc::new(self);
        counted.count_holders(0);
        counted
    }

    fn linked(self) -> (Arc<Self>, Link) {
        let linked = Arc::new(self);
        let link = Link(linked.clone());
        linked.count_holders(1);
        (linked, link)
    }

    fn count_holders(self: &Arc<Self>, links: u64) {
        if let Some(count) = &self.count {
            let held: Weak<Self> = Arc::downgrade(self);
            count.add(held, links);
        }
    }

    /// Counts what is below it in `tasks` from now on.
    pub(super) fn count_in(&mut self, tasks: Tasks) {
        self.tasks = Some(tasks);
        self.links = Links::none();
    }

    #[inline]
    pub(super) fn child(&self, label: &str) -> Arc<Self> {
        let known = self.firsts().find(|branch| branch.is_called(label));
        known.cloned().unwrap_or_else(|| self.later_child(label))
    }

    #[inline]
    fn is_called(&self, label: &str) -> bool {
        let path = self.path();
        path.len() == self.own + label.len() && path.ends_with(label)
    }

    #[inline]
    pub(super) fn path(&self) -> &str {
        self.path.as_deref().unwrap_or_default()
    }

    fn firsts(&self) -> impl Iterator<Item = &Arc<Self>> {
        let first = self.links.first.get();
        successors(first, |link| link.0.links.next.get()).map(|link| &link.0)
    }

    /// The label where it is not among the first, which another thread may be adding.
    #[cold]
    fn later_child(&self, label: &str) -> Arc<Self> {
        let mut others = self
            .links
            .others
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut known = self.firsts().filter(|branch| branch.is_called(label));
        let known = known
            .next()
            .or_else(|| others.get(label).map(|link| &link.0));
        if let Some(known) = known {
            return known.clone();
        }
        let (child, link) = self.new_child(label).linked();
        match self.firsts().count() {
            FIRST.. => drop(others.insert(label.into(), link)),
            _ => {
                let last = self.firsts().last();
                let place = last.map_or(&self.links.first, |last| &last.links.next);
                let added = place.set(link);
                debug_assert!(added.is_ok(), "one adds at a time");
            }
        }
        child
    }

    fn new_child(&self, label: &str) -> Self {
        let path: Arc<str> = match self.path() {
            "" => label.into(),
            parent => format!("{parent}_{label}").into(),
        };
        let counted = self.tasks.as_ref().map(|tasks| tasks.count(&path));
        Self {
            count: Some(counted.unwrap_or_default()),
            own: path.len() - label.len(),
            path: Some(path),
            tasks: self.tasks.clone(),
            ..Self::root(self.home.clone())
        }
    }
}
