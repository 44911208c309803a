//! What a reader of events knows at each of them: who is polled, and when it is.

use crate::event::Event;
use std::collections::VecDeque;

/// All that follows from the events before one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    /// How many events there were.
    pub(super) index: u64,
    /// Virtual nanoseconds since the start.
    pub(super) now: u64,
    /// The task that is polled; what happens outside of polls is nobody's.
    pub(super) polled: Option<u32>,
    pub(super) hosts: Vec<String>,
    /// Tasks by place; a place is used again.
    pub(super) tasks: Vec<Task>,
    /// How many of the log's marks and sites have been used.
    pub(super) marks: usize,
    pub(super) spawned: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) host: u32,
    pub(super) label: String,
    /// The number of the place where it was spawned; the root was spawned nowhere.
    pub(super) site: Option<u32>,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            index: 0,
            now: 0,
            polled: None,
            hosts: Vec::new(),
            tasks: vec![Task::default()],
            marks: 0,
            spawned: 0,
        }
    }
}

impl Scene {
    /// Before `event` is told: what it says of who is polled and when.
    pub(super) fn begin(&mut self, event: &Event<'_>, marks: &VecDeque<u64>) {
        if marks.get(self.marks) == Some(&self.index) {
            self.marks += 1;
            self.polled = None;
        }
        match *event {
            Event::Poll { task } | Event::Finish { task } => self.polled = Some(task),
            Event::Time { now } => (self.now, self.polled) = (now, None),
            Event::Host { host, name } => put(&mut self.hosts, host, name.into()),
            _ => {}
        }
    }

    /// After it was told.
    pub(super) fn end(&mut self, event: &Event<'_>, sites: &VecDeque<u32>) {
        match *event {
            Event::Finish { .. } => self.polled = None,
            Event::Spawn { task, host, label } => {
                let site = sites.get(self.spawned).copied();
                self.spawned += 1;
                let label = label.into();
                put(&mut self.tasks, task, Task { host, label, site });
            }
            _ => {}
        }
        self.index += 1;
    }

    /// Whether other events came before than before the other, as far as these two tell.
    pub(super) fn differs(&self, other: &Self) -> bool {
        let known = |scene: &Self| (scene.index, scene.now);
        let names = |task: &Task| (task.host, task.label.clone());
        known(self) != known(other)
            || self.hosts != other.hosts
            || !self
                .tasks
                .iter()
                .map(names)
                .eq(other.tasks.iter().map(names))
    }

    pub(super) fn task(&self) -> Option<&Task> {
        self.tasks.get(self.polled? as usize)
    }
}

/// Places are taken in their order: one that lies far behind the last is no run's.
fn put<T: Default>(places: &mut Vec<T>, at: u32, what: T) {
    let at = at as usize;
    if at == places.len() {
        places.push(what);
    } else if let Some(place) = places.get_mut(at) {
        *place = what;
    }
}
