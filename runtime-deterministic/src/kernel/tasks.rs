//! The tasks of a run, by number.

use crate::task::Body;
use std::{panic::Location, sync::Arc, task::Waker};

/// A task: its place, and which of those who had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskId {
    pub(crate) index: u32,
    pub(crate) serial: u32,
}

/// The root's place. It has no body: the runner keeps the root future.
pub(crate) const ROOT: TaskId = TaskId {
    index: 0,
    serial: 0,
};

pub(crate) struct Task {
    pub(crate) serial: u32,
    pub(crate) stage: Stage,
    pub(crate) life: u32,
    pub(crate) name: Name,
    pub(crate) waits: Wait,
    /// Its place in time when it was last polled, and how often it was polled there.
    pub(crate) instant: u64,
    pub(crate) polls: u64,
    pub(crate) waker: Option<Waker>,
}

/// What reports call a task.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) host: u32,
    pub(crate) label: Arc<str>,
    /// Where it was spawned.
    pub(crate) site: &'static Location<'static>,
}

impl Task {
    pub(super) fn new(name: Name, life: u32, stage: Stage, waker: Waker) -> Self {
        Self {
            serial: 0,
            stage,
            life,
            name,
            waits: Wait::Unknown,
            instant: 0,
            polls: 0,
            waker: Some(waker),
        }
    }
}

pub(crate) enum Stage {
    Free,
    /// The runner has the body.
    Polled,
    /// The runner has the body, and is to drop it: its host crashed.
    Doomed,
    Waiting(Body),
    Root,
}

/// What a task that cannot go on waits for, as far as the simulator knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    Unknown,
    Handle(TaskId),
    Sleep(u64),
    Accept(u32),
    Receive(u32),
    Send(u32),
    Datagram(u32),
}

#[derive(Default)]
pub(crate) struct Tasks {
    places: Vec<Task>,
    free: Vec<u32>,
}

impl Tasks {
    /// The place for the next task. Freed places are used again, the last freed first.
    pub(crate) fn vacant(&self) -> TaskId {
        match self.free.last() {
            Some(&index) => TaskId {
                index,
                serial: self.places[index as usize].serial,
            },
            None => TaskId {
                index: self.places.len() as u32,
                serial: 0,
            },
        }
    }

    /// Puts a task in the place that is [`vacant`](Self::vacant).
    pub(crate) fn insert(&mut self, place: TaskId, mut task: Task) {
        task.serial = place.serial;
        match self.free.pop() {
            Some(index) => self.places[index as usize] = task,
            None => self.places.push(task),
        }
    }

    pub(crate) fn get(&mut self, id: TaskId) -> Option<&mut Task> {
        self.places
            .get_mut(id.index as usize)
            .filter(|task| task.serial == id.serial)
    }

    pub(crate) fn at(&mut self, index: u32) -> &mut Task {
        &mut self.places[index as usize]
    }

    /// Frees the place; wakers of the old task no longer reach it.
    pub(crate) fn remove(&mut self, index: u32) -> Stage {
        let task = &mut self.places[index as usize];
        task.serial = task.serial.wrapping_add(1);
        self.free.push(index);
        std::mem::replace(&mut task.stage, Stage::Free)
    }

    /// All tasks that have not ended, in the order of their places.
    pub(crate) fn live(&self) -> impl Iterator<Item = (u32, &Task)> {
        let numbered = self.places.iter().enumerate();
        let live = numbered.filter(|(_, task)| !matches!(task.stage, Stage::Free));
        live.map(|(index, task)| (index as u32, task))
    }
}
