//! Each clause passes on a wrapped simulator, and fails on it with the clause's own defect.

mod defect;
mod list;
mod mutant;
mod suite;

use defect::Defect;
use mutant::{Audit, Mutant, MutantMachine, MutantRunner};
use runtime_conformance::machine::Machine;
use runtime_deterministic::{Config, Context, Crash, DiskOp, Executor, Host, Runner};
use runtime_traits::Panics;
use std::{
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

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

/// Runs with the audit's state: what the wrapper saw.
fn audited(
    defect: Defect,
    seed: u64,
) -> (MutantRunner<Runner>, Mutant<Context>, impl Fn() -> Audit) {
    let (runner, context) = simulated(defect, seed, Panics::Propagate);
    let audit = context.audit();
    (runner, context, audit)
}

/// Machines whose power fails.
struct Hosted(Host<()>);

impl Machine for Hosted {
    type Context = Context;

    fn context(&self) -> Context {
        self.0.context()
    }

    fn addr(&self) -> IpAddr {
        self.0.addr()
    }

    fn crash(&self) {
        self.0.crash(Crash::Reset).expect("it runs");
        self.0.restart().expect("it has crashed");
    }

    fn fail_next_sync(&self) {
        self.0.disk().fail_next(DiskOp::Sync);
    }

    fn jump(&self, by: Duration) {
        self.0.clock().jump(by);
    }

    fn jump_back(&self, by: Duration) {
        self.0.clock().jump_back(by);
    }
}

fn machines(
    defect: Defect,
    seed: u64,
) -> (MutantRunner<Runner>, impl Fn(&str) -> MutantMachine<Hosted>) {
    let (runner, context, _auditor) = Executor::seeded(seed);
    let make = |context: &Context, name: &str| {
        let host = context.world().host(name, async |_| ());
        Hosted(host.expect("a name of its own"))
    };
    mutant::machines((runner, context), make, defect)
}

macro_rules! tests {
    ([] panics $($clause:ident)*) => { tests! {
        @panics $($clause, |defect| &|policy| simulated(defect, 0, policy);)*
    } };
    ([] counts $($clause:ident)*) => { tests! {
        @counts $($clause, |defect| simulated(defect, 0, Panics::Propagate), &|context| context.tasks();)*
    } };
    ([] audit $($clause:ident)*) => { tests! {
        @audit $($clause, |defect| &|seed| audited(defect, seed);)*
    } };
    ([] machine $($clause:ident)*) => { tests!([broken] machine $($clause)*); };
    ([] machines $($clause:ident)*) => { tests!([broken] machines $($clause)*); };
    ([broken] $topic:ident $($clause:ident)*) => { tests! {
        @$topic $($clause, |defect| &|seed| machines(defect, seed);)*
    } };
    ([] neighbours $($clause:ident)*) => { tests!([several] neighbours $($clause)*); };
    ([] simulation $($clause:ident)*) => { tests!([several] simulation $($clause)*); };
    ([several] $topic:ident $($clause:ident)*) => { tests! {
        @$topic $($clause, |defect| &|seed| simulated(defect, seed, Panics::Propagate);)*
    } };
    ([] $topic:ident $($clause:ident)*) => { tests! {
        @$topic $($clause, |defect| simulated(defect, 0, Panics::Propagate);)*
    } };
    (@$topic:ident $($clause:ident, |$defect:ident| $($run:expr),+;)*) => {$(
        #[test]
        fn $clause() {
            let hold = |$defect| runtime_conformance::$topic::$clause($($run),+);
            is_caught_by(hold, defect::$topic::$clause);
        }
    )*};
}

runtime_conformance::clauses!(each [tests] []);
