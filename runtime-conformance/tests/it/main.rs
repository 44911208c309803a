//! Each clause passes on a wrapped simulator, and fails on it with the clause's own defect.

mod defect;
mod list;
mod mutant;
mod suite;

use defect::Defect;
use mutant::{Mutant, MutantRunner};
use runtime_deterministic::{Config, Context, Executor, Runner};
use runtime_traits::Panics;
use std::panic::{AssertUnwindSafe, catch_unwind};

type Run = (MutantRunner<Runner>, Mutant<Context>);

fn simulated(defect: Defect, seed: u64, panics: Panics) -> Run {
    let mut config = Config::default();
    config.seed = seed;
    config.panics = panics;
    config.poll_limit = 100_000;
    let (runner, context, _auditor) = Executor::init(config);
    mutant::wrap(runner, context, defect)
}

fn is_caught_by(clause: impl Fn(Defect), defect: Defect) {
    clause(defect::NONE);
    let held = catch_unwind(AssertUnwindSafe(|| clause(defect)));
    assert!(held.is_err(), "the mutant {defect} passes its clause");
}

macro_rules! tests {
    ([] panics $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            let hold = |defect| {
                runtime_conformance::panics::$clause(&|policy| simulated(defect, 0, policy));
            };
            is_caught_by(hold, defect::panics::$clause);
        }
    )*};
    ([several] $topic:ident $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            let hold = |defect| {
                runtime_conformance::$topic::$clause(&|seed| {
                    simulated(defect, seed, Panics::Propagate)
                });
            };
            is_caught_by(hold, defect::$topic::$clause);
        }
    )*};
    ([] $topic:ident $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            let hold = |defect| {
                runtime_conformance::$topic::$clause(simulated(defect, 0, Panics::Propagate));
            };
            is_caught_by(hold, defect::$topic::$clause);
        }
    )*};
}

runtime_conformance::clauses!(tasks [tests] []);
runtime_conformance::clauses!(runs [tests] []);
runtime_conformance::clauses!(panics [tests] []);
runtime_conformance::clauses!(time [tests] []);
runtime_conformance::clauses!(random [tests] []);
runtime_conformance::clauses!(network [tests] []);
runtime_conformance::clauses!(connections [tests] []);
runtime_conformance::clauses!(datagrams [tests] []);
runtime_conformance::clauses!(resolver [tests] []);
runtime_conformance::clauses!(storage [tests] []);
runtime_conformance::clauses!(blobs [tests] []);
runtime_conformance::clauses!(select [tests] []);
runtime_conformance::clauses!(neighbours[tests][several]);
runtime_conformance::clauses!(simulation[tests][several]);
