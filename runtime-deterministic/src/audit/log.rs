//! The events of a run, kept: the bytes that the chain hashes, and what is needed to read them.

use super::{Decoder, Divergence, Entry, Malformed, PayloadHash, scene::Scene};
use crate::event::Event;
use std::{collections::VecDeque, fmt};

/// The events of a run, as [`Auditor::log`](crate::Auditor::log) gives them.
///
/// It is written to a file and read back, in another process too; two logs of one seed tell where
/// their runs diverged.
#[derive(Clone, PartialEq, Eq)]
pub struct Log {
    /// What a reader knows before the first event that is kept.
    pub(super) head: Scene,
    pub(super) bytes: Vec<u8>,
    pub(super) hash: PayloadHash,
    /// The events before which a task's poll had ended, where the events do not say so.
    pub(super) outside: VecDeque<u64>,
    /// Where the tasks were spawned, in their order, by place.
    pub(super) sites: VecDeque<u32>,
    pub(super) places: Vec<String>,
}

impl Log {
    pub(super) fn new(hash: PayloadHash) -> Self {
        Self {
            head: Scene::default(),
            bytes: Vec::new(),
            hash,
            outside: VecDeque::new(),
            sites: VecDeque::new(),
            places: Vec::new(),
        }
    }

    /// How many events of the run are not kept, since only the last were asked for.
    pub fn first(&self) -> u64 {
        self.head.index
    }

    /// The events that are kept, in their order.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let mut reader = self.reader();
        std::iter::from_fn(move || reader.next(|scene, event| Entry::new(self, scene, event)))
    }

    /// The first event that differs; `None` when the runs did the same.
    ///
    /// Where one of the logs was cut, events are compared from the first on that both keep. Of the others
    /// it is known how many there were, when, on which hosts and in which tasks: if any of that differs,
    /// so do the runs.
    pub fn divergence(&self, other: &Self) -> Option<Divergence> {
        Divergence::between(self, other)
    }

    /// Who was polled, in this order.
    pub(crate) fn polls(&self) -> Vec<u32> {
        let mut reader = self.reader();
        let polled = |event: &Event<'_>| match *event {
            Event::Poll { task } => Some(task),
            _ => None,
        };
        let events = std::iter::from_fn(|| reader.next(|_, event| polled(event)));
        events.flatten().collect()
    }

    /// The last events that a report tells, without the steps of the run itself.
    pub(crate) fn last_told(&self, count: usize) -> VecDeque<Entry> {
        let mut last = VecDeque::new();
        for entry in self.entries().filter(|entry| entry.is_told) {
            last.push_back(entry);
            if last.len() > count {
                last.pop_front();
            }
        }
        last
    }

    /// Lets go of the first events, so that `keep` bytes or a few more are left.
    pub(super) fn cut(&mut self, keep: usize) {
        let mut reader = self.reader();
        loop {
            // The last event may be there in part.
            let next = reader.peek().len();
            if next == 0 || reader.rest.rest.len() < keep + next {
                break;
            }
            reader.next(|_, _| ());
        }
        let Reader {
            mut scene, rest, ..
        } = reader;
        let gone = self.bytes.len() - rest.rest.len();
        self.outside.drain(..scene.marks);
        self.sites.drain(..scene.spawned);
        (scene.marks, scene.spawned) = (0, 0);
        self.head = scene;
        self.bytes.drain(..gone);
    }

    pub(super) fn reader(&self) -> Reader<'_> {
        Reader {
            log: self,
            scene: self.head.clone(),
            rest: Decoder {
                rest: &self.bytes,
                hash: self.hash,
            },
        }
    }

    /// Whether all of it can be read, and its events counted.
    pub(super) fn check(&self) -> Result<(), Malformed> {
        let (mut rest, mut index) = (self.reader().rest, self.head.index);
        while !rest.rest.is_empty() {
            Event::decode(&mut rest)?;
            index = index.checked_add(1).ok_or(Malformed)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("first", &self.head.index)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Goes through a log.
pub(super) struct Reader<'a> {
    log: &'a Log,
    pub(super) scene: Scene,
    pub(super) rest: Decoder<'a>,
}

impl<'a> Reader<'a> {
    /// What `tell` says of the next event.
    pub(super) fn next<R>(&mut self, tell: impl FnOnce(&Scene, &Event<'a>) -> R) -> Option<R> {
        let event = Event::decode(&mut self.rest).ok()?;
        self.scene.begin(&event, &self.log.outside);
        let told = tell(&self.scene, &event);
        self.scene.end(&event, &self.log.sites);
        Some(told)
    }

    /// The bytes of the next event.
    pub(super) fn peek(&self) -> &'a [u8] {
        let mut after = self.rest.clone();
        let read = Event::decode(&mut after).is_ok();
        match read {
            true => &self.rest.rest[..self.rest.rest.len() - after.rest.len()],
            false => &[],
        }
    }
}
