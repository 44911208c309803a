//! The contract, as far as this backend goes.

use runtime_traits::Panics;

runtime_conformance::suite!(
    |_seed| pool::new(Panics::Catch),
    panics = |_seed, panics| pool::new(panics),
    topics = [tasks, runs, neighbours, time, select]
);
