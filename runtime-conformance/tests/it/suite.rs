//! The macro with its topics named, and what a test says of the seed that fails. Without them it is
//! in the backends' own suites.

use runtime_conformance::{hold, hold_several, suite};
use runtime_deterministic::{Context, Executor, Runner};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
};

fn fresh(seed: u64) -> (Runner, Context) {
    let (runner, context, _auditor) = Executor::seeded(seed);
    (runner, context)
}

mod of_topics {
    use super::*;

    suite!(fresh, topics = [random, resolver]);
}

mod of_topics_over_seeds {
    use super::*;

    suite!(fresh, seeds = 7..9, topics = [time, simulation]);
}

#[test]
fn each_seed_is_tried_until_one_fails() {
    let seen = Mutex::new(Vec::new());
    let clause = |(seed, ())| {
        seen.lock().unwrap().push(seed);
        assert!(seed != 5, "the clause's words");
    };
    let held = || hold("name", [3, 5, 8], |seed| (seed, ()), clause);
    let payload = catch_unwind(AssertUnwindSafe(held)).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"the clause's words"));
    assert_eq!(*seen.lock().unwrap(), [3, 5]);
}

#[test]
fn several_runs_of_one_seed_have_seeds_of_their_own() {
    let seen = Mutex::new(Vec::new());
    let fresh = |seed| {
        seen.lock().unwrap().push(seed);
        ((), ())
    };
    hold_several("name", [3, 8], fresh, |fresh| {
        fresh(0);
        fresh(1);
    });
    assert_eq!(*seen.lock().unwrap(), [3, 4, 8, 9]);
}

#[test]
fn no_seed_is_a_failure() {
    let held = || hold("name", 0..0, |seed| (seed, ()), |_| ());
    assert!(catch_unwind(held).is_err());
}
