//! The tasks of a run, by number.

mod lists;

use super::emptied;
use crate::task::{Job, SERIAL_BITS, fetch};
use lists::{Links, NONE};

/// A task: its place, and which of those who had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskId {
    pub(crate) index: u32,
    pub(crate) serial: u32,
}

/// The root's place.
pub(crate) const ROOT: TaskId = TaskId {
    index: 0,
    serial: 0,
};

/// It fills a cache line: a poll touches one.
#[repr(align(64))]
pub(crate) struct Task {
    /// Here while it is not polled. The root has none: the runner keeps the root future.
    pub(crate) job: Option<Job>,
    pub(crate) stage: Stage,
    pub(crate) serial: u32,
    /// Of a free place, who had it last, until it leaves that host's list.
    pub(crate) host: u32,
    pub(crate) life: u32,
    links: Links,
    pub(crate) waits: Wait,
    /// Its polls at the last instant at which it was polled, on top of all polls of the run before that.
    pub(crate) polls: u64,
}

impl Task {
    const FREE: Self = Self {
        job: None,
        stage: Stage::Free,
        serial: 0,
        host: NONE,
        life: 0,
        links: Links::NONE,
        waits: Wait::Unknown,
        polls: 0,
    };
}

/// Whether a task lives at a place, and who: its serial above a bit that is set, or nothing.
#[derive(Clone, Copy)]
struct Life(u32);

impl Life {
    const NONE: Self = Self(0);

    fn of(serial: u32) -> Self {
        Self(serial << 1 | 1)
    }

    /// Whether it is that of the task that a waker means. Wakers know its serial in part.
    #[inline]
    fn is(self, serial: u32) -> bool {
        (self.0 ^ Self::of(serial).0).is_multiple_of(2 << SERIAL_BITS)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Free,
    /// The runner has its job.
    Polled,
    /// The same, and the job is to be dropped: its host crashed.
    Doomed,
    Waiting,
}

/// What a task that cannot go on waits for, as far as the simulator knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    Unknown,
    Handle(TaskId),
    Sleep(Until),
    Accept(u32),
    Receive(u32),
    Send(u32),
    Datagram(u32),
}

/// An instant, in two words of half the size: so a task fits its cache line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Until([u32; 2]);

impl From<u64> for Until {
    fn from(instant: u64) -> Self {
        Self([(instant >> 32) as u32, instant as u32])
    }
}

impl From<Until> for u64 {
    fn from(Until([high, low]): Until) -> Self {
        Self::from(high) << 32 | Self::from(low)
    }
}

#[derive(Default)]
pub(crate) struct Tasks {
    places: Vec<Task>,
    /// Of each place. Many may wake at once: this is read of each, and lies close together.
    lives: Vec<Life>,
    free: Vec<u32>,
    /// Of each host, the first place in its list.
    first: Vec<u32>,
    /// So many places are in lists, or were.
    listed: u32,
    /// The last place that changed hosts since.
    passed: Option<u32>,
}

impl Tasks {
    /// As new, with the memory of this.
    pub(super) fn emptied(self) -> Self {
        let Self {
            places,
            lives,
            free,
            first,
            ..
        } = self;
        Self {
            places: emptied(places),
            lives: emptied(lives),
            free: emptied(free),
            first: emptied(first),
            ..Self::default()
        }
    }

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

    /// The place that is [`vacant`](Self::vacant), from now on that of a task without a job.
    #[inline]
    pub(super) fn occupy(&mut self, host: u32, life: u32) -> &mut Task {
        let index = match self.free.pop() {
            Some(index) => self.for_host(index, host),
            None => self.widen(),
        };
        let task = &mut self.places[index as usize];
        (task.stage, task.host, task.life) = (Stage::Waiting, host, life);
        (task.waits, task.polls) = (Wait::Unknown, 0);
        self.lives[index as usize] = Life::of(task.serial);
        task
    }

    /// Makes a place.
    #[inline(never)]
    fn widen(&mut self) -> u32 {
        self.places.push(Task::FREE);
        self.lives.push(Life::NONE);
        self.places.len() as u32 - 1
    }

    #[inline]
    pub(crate) fn get(&mut self, id: TaskId) -> Option<&mut Task> {
        self.places
            .get_mut(id.index as usize)
            .filter(|task| task.serial == id.serial)
    }

    /// Whether the task that a waker means has not ended.
    #[inline]
    pub(super) fn lives(&self, id: TaskId) -> bool {
        let life = self.lives.get(id.index as usize);
        life.is_some_and(|life| life.is(id.serial))
    }

    /// The task that a waker means, if it has not ended, with the whole of its serial.
    #[inline]
    pub(super) fn meant(&self, id: TaskId) -> Option<TaskId> {
        self.lives(id).then(|| TaskId {
            serial: self.places[id.index as usize].serial,
            ..id
        })
    }

    #[inline]
    pub(crate) fn at(&mut self, index: u32) -> &mut Task {
        &mut self.places[index as usize]
    }

    /// Asks for the memory of a place.
    #[inline]
    pub(super) fn fetch_place(&self, index: u32) {
        fetch(&raw const self.places[index as usize]);
    }

    /// Asks for the memory of the job at a place, which is read for that.
    #[inline]
    pub(super) fn fetch_job(&self, index: u32) {
        if let Some(job) = &self.places[index as usize].job {
            job.fetch();
        }
    }

    /// Frees the place; wakers of the old task no longer reach it.
    pub(crate) fn remove(&mut self, index: u32) -> Option<Job> {
        let task = &mut self.places[index as usize];
        task.serial = task.serial.wrapping_add(1);
        task.stage = Stage::Free;
        self.lives[index as usize] = Life::NONE;
        self.free.push(index);
        task.job.take()
    }

    /// One more than the greatest place.
    pub(super) fn span(&self) -> u32 {
        self.places.len() as u32
    }

    /// All tasks that have not ended, in the order of their places.
    pub(crate) fn live(&self) -> impl Iterator<Item = (u32, &Task)> {
        let numbered = self.places.iter().enumerate();
        let live = numbered.filter(|(_, task)| task.stage != Stage::Free);
        live.map(|(index, task)| (index as u32, task))
    }
}

const _: () = assert!(size_of::<Task>() == 64);

#[cfg(test)]
mod tests;
