//! Numbers that many threads add to. It knows nothing of what they count.

use std::{
    array,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// `N` sums. A thread adds in a place of its own, with no locked instruction: the two of a read from
/// memory took a tenth of it.
#[derive(Debug)]
pub(super) struct Tally<const N: usize> {
    own: [OnceLock<Box<[AtomicU64; N]>>; PLACES],
    /// Of the threads that have no place.
    others: [AtomicU64; N],
}

/// How many threads have a place at once.
const PLACES: usize = 64;

impl<const N: usize> Default for Tally<N> {
    fn default() -> Self {
        Self {
            own: array::from_fn(|_| OnceLock::new()),
            others: zeros(),
        }
    }
}

fn zeros<const N: usize>() -> [AtomicU64; N] {
    array::from_fn(|_| AtomicU64::new(0))
}

impl<const N: usize> Tally<N> {
    /// Adds to each of these sums.
    pub(super) fn add<const M: usize>(&self, counts: [(usize, u64); M]) {
        let Some(place) = PLACE.try_with(|place| place.0).ok().flatten() else {
            for (index, count) in counts {
                self.others[index].fetch_add(count, Relaxed);
            }
            return;
        };
        let own = self.own[place].get_or_init(|| Box::new(zeros()));
        for (index, count) in counts {
            // Nobody else writes there.
            let sum = own[index].load(Relaxed).wrapping_add(count);
            own[index].store(sum, Relaxed);
        }
    }

    pub(super) fn sum(&self, index: usize) -> u64 {
        let own = self.own.iter().filter_map(OnceLock::get);
        let own = own.map(|own| own[index].load(Relaxed));
        own.fold(self.others[index].load(Relaxed), u64::wrapping_add)
    }
}

/// A thread's place, in every tally, until the thread ends.
struct Place(Option<usize>);

thread_local! {
    static PLACE: Place = Place::take();
}

/// The places that threads have left, and the number of those that were ever taken. The lock hands
/// on what was written in a place.
static LEFT: Mutex<(Vec<usize>, usize)> = Mutex::new((Vec::new(), 0));

fn left() -> MutexGuard<'static, (Vec<usize>, usize)> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    fn take() -> Self {
        let (left, taken) = &mut *left();
        Self(left.pop().or_else(|| {
            let next = *taken;
            *taken += usize::from(next < PLACES);
            (next < PLACES).then_some(next)
        }))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        left().0.extend(self.0);
    }
}

#[cfg(test)]
mod tests;
