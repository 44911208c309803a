//! Where two runs of one seed part.

use super::{Entry, Log, log::Reader};
use crate::clock::Instant;
use std::{collections::VecDeque, fmt};

/// How many of the events before, which are equal, are told.
const BEFORE: usize = 6;

/// The first event in which two logs differ.
///
/// What is printed is both sides of it, and the events before, which are the same in both.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// How many events of the runs came before, at most where only events differ that were not kept: both
    /// [`sides`](Self::sides) are `None` then.
    pub index: u64,
    /// The events before it that are worth telling, in both runs the same.
    pub before: Vec<Entry>,
    /// The event in the one log and in the other. `None` where the log has ended.
    pub sides: [Option<Entry>; 2],
    /// The first event that was compared: more than 0 where a log was cut, and what came before may
    /// differ as well.
    pub from: u64,
    /// Its encoding on both sides, for what has the same words.
    bytes: [String; 2],
    /// How many events come before it on both sides, and when it is there.
    places: [(u64, u64); 2],
}

impl Divergence {
    pub(super) fn between(one: &Log, other: &Log) -> Option<Self> {
        let from = one.first().max(other.first());
        let (mut a, mut b) = (one.reader(), other.reader());
        for reader in [&mut a, &mut b] {
            while reader.scene.index < from && reader.next(|_, _| ()).is_some() {}
        }
        let mut before = VecDeque::new();
        loop {
            let (left, right) = (a.peek(), b.peek());
            if left != right || left.is_empty() && a.scene.differs(&b.scene) {
                // One may have ended before the first event that the other keeps.
                let index = match left.is_empty() && right.is_empty() {
                    true => a.scene.index.min(b.scene.index),
                    false => a.scene.index.max(b.scene.index),
                };
                let places = [&a, &b].map(|reader| (reader.scene.index, reader.scene.now));
                let sides = [tell(one, &mut a), tell(other, &mut b)];
                let bytes = [left, right].map(hex);
                let before = before.into();
                return Some(Self {
                    index,
                    before,
                    sides,
                    from,
                    bytes,
                    places,
                });
            }
            if left.is_empty() {
                return None;
            }
            b.next(|_, _| ());
            let told =
                a.next(|scene, event| event.is_told().then(|| Entry::new(one, scene, event)));
            before.extend(told.flatten());
            if before.len() > BEFORE {
                before.pop_front();
            }
        }
    }
}

fn tell(log: &Log, reader: &mut Reader<'_>) -> Option<Entry> {
    reader.next(|scene, event| Entry::new(log, scene, event))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Divergence {
    fn fmt_unkept(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = self.places.map(|(events, now)| (events, Instant(now)));
        writeln!(f, "the runs differ in events that were not kept")?;
        writeln!(f, "one run\n  {} events, until {}", one.0, one.1)?;
        writeln!(f, "the other\n  {} events, until {}", other.0, other.1)?;
        writeln!(f, "keep them all, with `Record::All`, to see the first")
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, from, .. } = self;
        if self.sides == [None, None] {
            return self.fmt_unkept(f);
        }
        writeln!(f, "first divergence: event {index}")?;
        if *from > 0 {
            writeln!(f, "  (events before {from} were not kept, and may differ)")?;
        }
        writeln!(f, "before it, in both")?;
        for entry in &self.before {
            writeln!(f, "  {entry}")?;
        }
        let told = self.sides.clone().map(|side| match side {
            Some(entry) => format!("{entry:#}"),
            None => "nothing: the run has ended".into(),
        });
        for ((name, told), bytes) in ["one run", "the other"].iter().zip(&told).zip(&self.bytes) {
            writeln!(f, "{name}\n  {told}")?;
            if told_alike(&self.sides) {
                writeln!(f, "  encoded {bytes}")?;
            }
        }
        Ok(())
    }
}

/// Whether the words do not tell the two apart.
fn told_alike(sides: &[Option<Entry>; 2]) -> bool {
    let [one, other] = sides
        .each_ref()
        .map(|side| side.as_ref().map(|entry| format!("{entry:#}")));
    one == other
}
