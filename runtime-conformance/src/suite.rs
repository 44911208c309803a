//! The macro that makes tests of the clauses, and what a test of a clause does.

use runtime_traits::Panics;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A `#[test]` for each clause, named after it.
///
/// | argument | what it is | left out |
/// |---|---|---|
/// | the first | `Fn(u64) -> (Runner, Context)`: a new run of this seed | |
/// | `seeds` | the seeds, of a simulator: adds the topic `simulation` | the seed 0 alone |
/// | `panics` | `Fn(u64, Panics) -> (Runner, Context)`: adds the topic `panics` | |
/// | `topics` | the topics, besides `panics` | all, `simulation` with `seeds` alone |
///
/// They come in this order. A backend without seeds ignores its argument. With `topics` a backend
/// that is not complete yet is held to what it has: a topic asks for the traits that it is about,
/// and no other. Two suites in one test file, for two flavours of a backend, go into a module each.
///
/// ```
/// use runtime_deterministic::{Config, Context, Executor, Runner};
/// use runtime_traits::Panics;
///
/// fn simulated(seed: u64, panics: Panics) -> (Runner, Context) {
///     let mut config = Config::default();
///     config.seed = seed;
///     config.panics = panics;
///     let (runner, context, _auditor) = Executor::init(config);
///     (runner, context)
/// }
///
/// runtime_conformance::suite!(
///     |seed| simulated(seed, Panics::Propagate),
///     seeds = 0..100,
///     panics = simulated,
/// );
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! suite {
    (
        $fresh:expr
        $(, seeds = $seeds:expr)?
        $(, panics = $policy:expr)?
        , topics = [$($topic:ident),* $(,)?] $(,)?
    ) => {
        $crate::suite!(@seeds [$($seeds)?] [$fresh] [$($topic)*]);
        $crate::suite!(@panics [$($seeds)?] [$($policy)?]);
    };
    ($fresh:expr, seeds = $seeds:expr $(, panics = $policy:expr)? $(,)?) => {
        $crate::suite!($fresh $(, panics = $policy)? ; [$seeds] simulation);
    };
    ($fresh:expr $(, panics = $policy:expr)? $(,)?) => {
        $crate::suite!($fresh $(, panics = $policy)? ; []);
    };
    ($fresh:expr $(, panics = $policy:expr)? ; $seeds:tt $($more:ident)?) => {
        $crate::suite!(@seeds $seeds [$fresh] [
            tasks runs neighbours time random network connections datagrams resolver storage blobs
            select $($more)?
        ]);
        $crate::suite!(@panics $seeds [$($policy)?]);
    };
    (@seeds [] $fresh:tt $topics:tt) => { $crate::suite!(@seeds [0..1] $fresh $topics); };
    (@seeds $seeds:tt $fresh:tt [$($topic:ident)*]) => {
        $( $crate::clauses!($topic [$crate::tests] [$seeds $fresh]); )*
    };
    (@panics $seeds:tt []) => {};
    (@panics [] $policy:tt) => { $crate::suite!(@panics [0..1] $policy); };
    (@panics $seeds:tt $policy:tt) => {
        $crate::clauses!(panics [$crate::tests] [$seeds $policy]);
    };
}

/// The tests of one topic.
#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ([[$seeds:expr] [$policy:expr]] panics $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::hold_under_policies(
                stringify!($clause), $seeds, $policy, |fresh| $crate::panics::$clause(fresh),
            );
        }
    )*};
    ([[$seeds:expr] [$fresh:expr]] neighbours $($clause:ident)*) => {
        $crate::tests!(@several [[$seeds] [$fresh]] neighbours $($clause)*);
    };
    ([[$seeds:expr] [$fresh:expr]] simulation $($clause:ident)*) => {
        $crate::tests!(@several [[$seeds] [$fresh]] simulation $($clause)*);
    };
    (@several [[$seeds:expr] [$fresh:expr]] $topic:ident $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::hold_several(
                stringify!($clause), $seeds, $fresh, |fresh| $crate::$topic::$clause(fresh),
            );
        }
    )*};
    ([[$seeds:expr] [$fresh:expr]] $topic:ident $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::hold(stringify!($clause), $seeds, $fresh, $crate::$topic::$clause);
        }
    )*};
}

/// Holds the runs of `fresh` to a clause, one for each seed.
///
/// # Panics
/// When the clause does, after the seed was printed; and when there is no seed.
#[doc(hidden)]
pub fn hold<R, C>(
    name: &str,
    seeds: impl IntoIterator<Item = u64>,
    fresh: impl Fn(u64) -> (R, C),
    clause: impl Fn((R, C)),
) {
    let mut held = 0;
    for seed in seeds {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| clause(fresh(seed)))) {
            eprintln!("the clause {name} fails with seed {seed}");
            resume_unwind(payload);
        }
        held += 1;
    }
    assert!(held > 0, "no seed: give `seeds` at least one");
}

/// As [`hold`], for clauses that ask for runs of both policies.
#[doc(hidden)]
pub fn hold_under_policies<R, C>(
    name: &str,
    seeds: impl IntoIterator<Item = u64>,
    fresh: impl Fn(u64, Panics) -> (R, C),
    clause: impl Fn(&dyn Fn(Panics) -> (R, C)),
) {
    let seeded = |seed| (seed, ());
    hold(name, seeds, seeded, |(seed, ())| {
        clause(&|policy| fresh(seed, policy));
    });
}

/// As [`hold`], for clauses that make several runs: they number them from 0.
#[doc(hidden)]
pub fn hold_several<R, C>(
    name: &str,
    seeds: impl IntoIterator<Item = u64>,
    fresh: impl Fn(u64) -> (R, C),
    clause: impl Fn(&dyn Fn(u64) -> (R, C)),
) {
    let seeded = |seed| (seed, ());
    hold(name, seeds, seeded, |(seed, ()): (u64, ())| {
        clause(&|number| fresh(seed.wrapping_add(number)));
    });
}
