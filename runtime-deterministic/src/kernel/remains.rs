//! What a run leaves to the next on its thread: memory, and nothing that was in it.
//!
//! A run of a few events takes more time for its memory than for its events.

use super::{Due, Kernel, tasks::Tasks};
use crate::{
    audit::Block,
    host::{HostState, Names},
    network::Lists,
    ready::ReadySet,
    sync::thread_local,
    timers::Timers,
};
use std::cell::RefCell;

/// Each list leaves room for so many elements at most.
const MOST: usize = 256;

thread_local! {
    static LEFT: RefCell<Option<Box<Remains>>> = const { RefCell::new(None) };
}

#[derive(Default)]
pub(super) struct Remains {
    pub(super) block: Option<Block>,
    pub(super) timers: Timers<Due>,
    pub(super) due: Vec<Due>,
    pub(super) tasks: Tasks,
    pub(super) ready: ReadySet,
    pub(super) hosts: Vec<HostState>,
    pub(super) names: Names,
    pub(super) lists: Lists,
}

impl Remains {
    /// What the last run on this thread left, or as much as nothing.
    pub(super) fn take() -> Box<Self> {
        let left = LEFT.try_with(|left| left.take());
        left.ok().flatten().unwrap_or_default()
    }
}

impl Kernel {
    /// Drops all but what the next run on this thread can use.
    pub(crate) fn retire(self: Box<Self>) {
        let Self {
            chain,
            timers,
            due,
            tasks,
            ready,
            hosts,
            names,
            switch,
            mut remains,
            ..
        } = *self;
        remains.block = Some(chain.into_block());
        remains.timers = timers.emptied();
        remains.due = emptied(due);
        remains.tasks = tasks.emptied();
        remains.ready = ready.emptied();
        remains.hosts = emptied(hosts);
        remains.names = names.emptied();
        remains.lists = switch.into_lists();
        // On a thread that ends nobody runs anything any more.
        let before = LEFT.try_with(|left| left.replace(Some(remains)));
        drop(before);
    }
}

/// The list's memory, up to a bound.
pub(crate) fn emptied<T>(mut list: Vec<T>) -> Vec<T> {
    list.clear();
    list.shrink_to(MOST);
    list
}
