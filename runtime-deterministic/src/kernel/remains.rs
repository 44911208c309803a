//! What a run leaves to the next on its thread: memory, and nothing that was in it.
//!
//! A run of a few events takes more time for its memory than for its events.

use super::{Due, Kernel, ROOT, Waiter, tasks::Tasks};
use crate::{
    audit::Block,
    host::{HostState, Names},
    network::Lists,
    ready::ReadySet,
    sync::thread_local,
    timers::Timers,
};
use runtime_traits::panics;
use std::{cell::RefCell, mem, task::Waker};

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
    ///
    /// # Panics
    /// When a waker that somebody kept beyond the run panics, once all are dropped.
    pub(crate) fn retire(mut self: Box<Self>) {
        let mut wakers = self.wakers().into_iter();
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
        panics::despite(|| wakers.by_ref().for_each(drop));
    }

    /// Takes out the wakers of whoever waits in vain. A list of them would not come through two that panic.
    fn wakers(&mut self) -> Vec<Waker> {
        let mut wakers = Vec::new();
        let mut keep = |waiter| {
            if let Some(Waiter::Other(waker)) = waiter {
                wakers.push(waker);
            }
        };
        self.switch.waiters(&mut keep);
        if self.timers.is_empty() {
            return wakers;
        }
        self.timers.rearrange(|_, due| {
            if let Due::Tell(sleeper) = due {
                let waiter = mem::replace(&mut sleeper.waiter, Waiter::Task(ROOT));
                keep(Some(waiter));
            }
            None
        });
        wakers
    }
}

/// The list's memory, up to a bound.
pub(crate) fn emptied<T>(mut list: Vec<T>) -> Vec<T> {
    list.clear();
    list.shrink_to(MOST);
    list
}
