//! What any thread may know of the lives of hosts: who runs there, and whether it is to stop.

use runtime_traits::{Signal, Signaler, Tasks};
use std::{mem, sync::Arc};

/// The latest life of each host, by number.
#[derive(Default)]
pub(super) struct Lives(Vec<Life>);

pub(super) struct Life {
    number: u32,
    labels: Tasks,
    /// The first value it was told to stop with.
    stop: Option<i32>,
    over: bool,
    /// What tells those who have asked. As a rule nobody asks.
    asked: Option<(Arc<Signaler>, Signal)>,
}

/// The value with which a life is to stop, and what tells it to those who have asked, if anybody has. Whoever
/// stops it is given this, and tells it: so each finds it told, whoever was first.
pub(crate) type Stopping = (i32, Option<Arc<Signaler>>);

impl Lives {
    /// A life begins: the next of a host, or the first of the host after the last. Returns the one before.
    pub(super) fn begin(&mut self, host: u32, number: u32, labels: Tasks) -> Option<Life> {
        let life = Life {
            number,
            labels,
            stop: None,
            over: false,
            asked: None,
        };
        match self.0.get_mut(host as usize) {
            Some(place) => Some(mem::replace(place, life)),
            None => {
                self.0.push(life);
                None
            }
        }
    }

    pub(super) fn labels(&mut self, host: u32, number: u32) -> Option<Tasks> {
        let life = self.get(host, number)?;
        Some(life.labels.clone())
    }

    /// Resolves when the life is told to stop, or ends.
    pub(super) fn stopped(&mut self, host: u32, number: u32) -> Signal {
        match self.get(host, number) {
            Some(Life {
                stop: Some(value), ..
            }) => {
                let (mut signaler, signal) = Signaler::new();
                signaler.signal(*value);
                signal
            }
            Some(life) if !life.over => life.asked.get_or_insert_with(ask).1.clone(),
            // A signal whose signaler is gone is closed.
            _ => Signaler::new().1,
        }
    }

    /// The life is to stop, unless it is over. The first value counts.
    pub(super) fn stop(&mut self, host: u32, number: u32, value: i32) -> Option<Stopping> {
        let life = self.get(host, number).filter(|life| !life.over)?;
        let value = *life.stop.get_or_insert(value);
        let asked = life.asked.as_ref();
        Some((value, asked.map(|(signaler, _)| signaler.clone())))
    }

    /// The life is over. Returns what tells those who have asked, once it is dropped.
    pub(super) fn end(&mut self, host: u32, number: u32) -> Option<Arc<Signaler>> {
        self.get(host, number)?.end()
    }

    /// All are.
    pub(super) fn end_all(&mut self) -> Vec<Arc<Signaler>> {
        self.0.iter_mut().filter_map(Life::end).collect()
    }

    fn get(&mut self, host: u32, number: u32) -> Option<&mut Life> {
        let life = self.0.get_mut(host as usize);
        life.filter(|life| life.number == number)
    }
}

fn ask() -> (Arc<Signaler>, Signal) {
    let (signaler, signal) = Signaler::new();
    (Arc::new(signaler), signal)
}

impl Life {
    fn end(&mut self) -> Option<Arc<Signaler>> {
        self.over = true;
        self.asked.take().map(|(signaler, _)| signaler)
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
