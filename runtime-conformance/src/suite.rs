//! The macro that makes tests of the clauses, and what a test of a clause does.

use runtime_traits::{Panics, TaskCount};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A `#[test]` for each clause, named after it.
///
/// | argument | what it is | left out |
/// |---|---|---|
/// | the first | `Fn(u64) -> (Runner, Context)`: a new run of this seed | |
/// | `seeds` | the seeds, of a simulator: adds the topic `simulation` | the seed 0 alone |
/// | `panics` | `Fn(u64, Panics) -> (Runner, Context)`: adds the topic `panics` | |
/// | `tasks` | `Fn(&Context) -> Vec<TaskCount>`: adds the topic `counts` | |
/// | `audited` | `Fn(u64) -> (Runner, Context, impl Fn() -> State)`: adds the topic `audit` | |
/// | `machine` | `Fn(u64) -> (Runner, impl Fn(&str) -> Machine)`: adds `machine` and `machines` | |
/// | `topics` | the topics of the first argument | all, `simulation` with `seeds` alone |
///
/// They come in this order. A backend without seeds ignores its argument. With `topics` a backend
/// that is not complete yet is held to what it has: a topic asks for the traits that it is about,
/// and no other. Two suites in one test file, for two flavours of a backend, go into a module each.
///
/// ```
/// use runtime_deterministic::{Auditor, Config, Context, Executor, Runner};
/// use runtime_traits::Panics;
///
/// fn simulated(seed: u64, panics: Panics) -> (Runner, Context, Auditor) {
///     let mut config = Config::default();
///     config.seed = seed;
///     config.panics = panics;
///     Executor::init(config)
/// }
///
/// fn run(seed: u64, panics: Panics) -> (Runner, Context) {
///     let (runner, context, _auditor) = simulated(seed, panics);
///     (runner, context)
/// }
///
/// runtime_conformance::suite!(
///     |seed| run(seed, Panics::Propagate),
///     seeds = 0..100,
///     panics = run,
///     tasks = |context| context.tasks(),
///     audited = |seed| {
///         let (runner, context, auditor) = simulated(seed, Panics::Propagate);
///         (runner, context, move || auditor.state())
///     },
/// );
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! suite {
    (
        $fresh:expr
        $(, seeds = $seeds:expr)?
        $(, panics = $policy:expr)?
        $(, tasks = $tasks:expr)?
        $(, audited = $audited:expr)?
        $(, machine = $machine:expr)?
        $(, topics = [$($topic:ident),* $(,)?])?
        $(,)?
    ) => {
        $crate::suite!(@topics [$($seeds)?] [$fresh] [$([$($topic)*])?]);
        $crate::suite!(@given panics [$($seeds)?] [$($policy)?]);
        $crate::suite!(@given counts [$($seeds)?] [$($fresh, $tasks)?]);
        $crate::suite!(@given audit [$($seeds)?] [$($audited)?]);
        $crate::suite!(@given machine [$($seeds)?] [$($machine)?]);
        $crate::suite!(@given machines [$($seeds)?] [$($machine)?]);
    };
    (@topics $seeds:tt $fresh:tt [[$($topic:ident)*]]) => {
        $( $crate::suite!(@add $topic $seeds $fresh); )*
    };
    (@topics $seeds:tt $fresh:tt []) => {
        $crate::suite!(@topics $seeds $fresh [[
            tasks runs neighbours time random network streams connections datagrams resolver
            storage blobs select
        ]]);
        $crate::suite!(@seeded $seeds $fresh);
    };
    (@seeded [] $fresh:tt) => {};
    (@seeded $seeds:tt $fresh:tt) => { $crate::suite!(@add simulation $seeds $fresh); };
    (@given $topic:ident $seeds:tt []) => {};
    (@given $topic:ident $seeds:tt $given:tt) => { $crate::suite!(@add $topic $seeds $given); };
    (@add $topic:ident [] $given:tt) => { $crate::suite!(@add $topic [0..1] $given); };
    (@add $topic:ident $seeds:tt $given:tt) => {
        $crate::clauses!($topic [$crate::tests] [$seeds $given]);
    };
}

/// The tests of one topic.
#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ([$seeds:tt $given:tt] panics $($clause:ident)*) => {
        $crate::tests!(@by hold_under_policies panics $seeds $given $($clause)*);
    };
    ([$seeds:tt $given:tt] counts $($clause:ident)*) => {
        $crate::tests!(@by hold_counting counts $seeds $given $($clause)*);
    };
    ([$seeds:tt $given:tt] neighbours $($clause:ident)*) => {
        $crate::tests!(@by hold_several neighbours $seeds $given $($clause)*);
    };
    ([$seeds:tt $given:tt] simulation $($clause:ident)*) => {
        $crate::tests!(@by hold_several simulation $seeds $given $($clause)*);
    };
    ([$seeds:tt $given:tt] audit $($clause:ident)*) => {
        $crate::tests!(@by hold_several audit $seeds $given $($clause)*);
    };
    ([$seeds:tt $given:tt] machine $($clause:ident)*) => {
        $crate::tests!(@by hold_several machine $seeds $given $($clause)*);
    };
    ([$seeds:tt $given:tt] machines $($clause:ident)*) => {
        $crate::tests!(@by hold_several machines $seeds $given $($clause)*);
    };
    ([$seeds:tt $given:tt] $topic:ident $($clause:ident)*) => {
        $crate::tests!(@by hold $topic $seeds $given $($clause)*);
    };
    (@by hold_several $topic:ident [$seeds:expr] [$fresh:expr] $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::hold_several(
                stringify!($clause), $seeds, $fresh, |fresh| $crate::$topic::$clause(fresh),
            );
        }
    )*};
    (@by hold_under_policies $topic:ident [$seeds:expr] [$policy:expr] $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::hold_under_policies(
                stringify!($clause), $seeds, $policy, |fresh| $crate::$topic::$clause(fresh),
            );
        }
    )*};
    (@by hold_counting $topic:ident [$seeds:expr] [$fresh:expr, $tasks:expr] $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::hold_counting(
                stringify!($clause), $seeds, $fresh, $tasks,
                |fresh, tasks| $crate::$topic::$clause(fresh, tasks),
            );
        }
    )*};
    (@by hold $topic:ident [$seeds:expr] [$fresh:expr] $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            $crate::hold(stringify!($clause), $seeds, $fresh, $crate::$topic::$clause);
        }
    )*};
}

/// Holds what `fresh` makes of a seed to a clause, once for each seed.
///
/// # Panics
/// When the clause does, after the seed was printed; and when there is no seed.
#[doc(hidden)]
pub fn hold<T>(
    name: &str,
    seeds: impl IntoIterator<Item = u64>,
    fresh: impl Fn(u64) -> T,
    clause: impl Fn(T),
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
pub fn hold_under_policies<T>(
    name: &str,
    seeds: impl IntoIterator<Item = u64>,
    fresh: impl Fn(u64, Panics) -> T,
    clause: impl Fn(&dyn Fn(Panics) -> T),
) {
    hold(
        name,
        seeds,
        |seed| seed,
        |seed| {
            clause(&|policy| fresh(seed, policy));
        },
    );
}

/// As [`hold`], for clauses that make several runs: they number them from 0.
#[doc(hidden)]
pub fn hold_several<T>(
    name: &str,
    seeds: impl IntoIterator<Item = u64>,
    fresh: impl Fn(u64) -> T,
    clause: impl Fn(&dyn Fn(u64) -> T),
) {
    hold(
        name,
        seeds,
        |seed| seed,
        |seed| {
            clause(&|number| fresh(seed.wrapping_add(number)));
        },
    );
}

/// As [`hold`], for clauses that ask for the counts of tasks.
#[doc(hidden)]
pub fn hold_counting<R, C>(
    name: &str,
    seeds: impl IntoIterator<Item = u64>,
    fresh: impl Fn(u64) -> (R, C),
    tasks: impl Fn(&C) -> Vec<TaskCount>,
    clause: impl Fn((R, C), &dyn Fn(&C) -> Vec<TaskCount>),
) {
    hold(name, seeds, fresh, |fresh| clause(fresh, &tasks));
}
