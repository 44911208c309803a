//! After how many failing seeds a simulation has none begun any more.
//!
//! Counts, and runs nothing.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};

/// The failing seeds of each simulation, and how many are enough.
#[derive(Debug)]
pub(crate) struct Bound {
    enough: Option<NonZero<u64>>,
    failed: Vec<AtomicU64>,
}

impl Bound {
    /// `enough` failing seeds are for each of so many simulations; all of them, if that is not given.
    pub(crate) fn new(enough: Option<NonZero<u64>>, simulations: usize) -> Self {
        Self {
            enough,
            failed: (0..simulations).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Counts a failing seed.
    pub(crate) fn add(&self, simulation: usize) {
        self.failed[simulation].fetch_add(1, Ordering::Relaxed);
    }

    /// Whether no seed of the simulation is to begin any more.
    pub(crate) fn is_reached(&self, simulation: usize) -> bool {
        let failed = self.failed[simulation].load(Ordering::Relaxed);
        self.enough.is_some_and(|enough| failed >= enough.get())
    }
}

#[cfg(test)]
mod tests {
    //! Each simulation has its own count.

    use std::num::NonZero;

    use super::Bound;

    #[test]
    fn a_simulation_reaches_its_bound_by_its_own_failures() {
        let bound = Bound::new(NonZero::new(2), 2);
        bound.add(0);
        bound.add(1);
        assert_eq!([0, 1].map(|at| bound.is_reached(at)), [false, false]);
        bound.add(1);
        assert_eq!([0, 1].map(|at| bound.is_reached(at)), [false, true]);
    }

    #[test]
    fn without_a_bound_none_is_reached() {
        let bound = Bound::new(None, 1);
        (0..1000).for_each(|_| bound.add(0));
        assert!(!bound.is_reached(0));
    }
}
