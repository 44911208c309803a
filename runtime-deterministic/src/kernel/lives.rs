//! What any thread may know of the lives of hosts: who runs there, and whether it is to stop.

use runtime_traits::{Signal, Signaler, Tasks};
use std::mem;

/// The latest life of each host, by number.
#[derive(Default)]
pub(super) struct Lives(Vec<Life>);

pub(super) struct Life {
    number: u32,
    labels: Tasks,
    word: Word,
}

/// What a life was told. As a rule nobody asks, and then there is no signal.
enum Word {
    /// Nothing yet; who has asked waits for this signaler.
    Nothing(Option<(Signaler, Signal)>),
    Stop(i32),
    /// It is over.
    Over,
}

impl Lives {
    /// A life begins: the next of a host, or the first of the host after the last. Returns the one before.
    pub(super) fn begin(&mut self, host: u32, number: u32, labels: Tasks) -> Option<Life> {
        let life = Life {
            number,
            labels,
            word: Word::Nothing(None),
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
        match self.get(host, number).map(|life| &mut life.word) {
            Some(Word::Nothing(asked)) => asked.get_or_insert_with(Signaler::new).1.clone(),
            Some(Word::Stop(value)) => {
                let (mut signaler, signal) = Signaler::new();
                signaler.signal(*value);
                signal
            }
            // A signal whose signaler is gone is closed.
            Some(Word::Over) | None => Signaler::new().1,
        }
    }

    /// The life is to stop. Returns what tells those who have asked, if that was not said before.
    pub(super) fn stop(&mut self, host: u32, number: u32, value: i32) -> Option<Signaler> {
        self.get(host, number)?.say(Word::Stop(value))
    }

    /// The life is over. Returns what tells those who have asked, once it is dropped.
    pub(super) fn end(&mut self, host: u32, number: u32) -> Option<Signaler> {
        self.get(host, number)?.say(Word::Over)
    }

    /// All are.
    pub(super) fn end_all(&mut self) -> Vec<Signaler> {
        let ended = self.0.iter_mut().filter_map(|life| life.say(Word::Over));
        ended.collect()
    }

    fn get(&mut self, host: u32, number: u32) -> Option<&mut Life> {
        let life = self.0.get_mut(host as usize);
        life.filter(|life| life.number == number)
    }
}

impl Life {
    /// The first word counts.
    fn say(&mut self, word: Word) -> Option<Signaler> {
        let Word::Nothing(asked) = &mut self.word else {
            return None;
        };
        let told = asked.take();
        self.word = word;
        told.map(|(signaler, _)| signaler)
    }
}
