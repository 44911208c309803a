//! Runs that lose their root's output, its panic, or its dice.

use super::Flaw;
use crate::defect::{panics, runs, select, simulation};
use runtime_traits::{Current, Runner};
use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    sync::{Arc, atomic::Ordering::SeqCst},
};

pub(crate) struct MutantRunner<R> {
    inner: R,
    flaw: Arc<Flaw>,
}

impl<R> MutantRunner<R> {
    pub(super) fn new(inner: R, flaw: Arc<Flaw>) -> Self {
        Self { inner, flaw }
    }
}

/// A generator that always draws the same.
pub(super) fn loaded_dice() -> Current {
    Current::root(()).with_order(|| 0)
}

impl<R: Runner> Runner for MutantRunner<R> {
    fn start<F: Future>(self, root: F) -> F::Output {
        let Self { inner, flaw } = self;
        flaw.started.store(true, SeqCst);
        let loaded = flaw.is(select::select_is_fair_in_the_root);
        let mut dice = loaded_dice();
        let root = async {
            let mut root = pin!(root);
            poll_fn(|cx| match loaded {
                true => dice.enter(|| root.as_mut().poll(cx)),
                false => root.as_mut().poll(cx),
            })
            .await
        };
        let output = catch_unwind(AssertUnwindSafe(|| inner.start(root)));
        flaw.ended.store(true, SeqCst);
        if flaw.is(runs::start_returns_the_roots_output) {
            panic!("the output is lost");
        }
        let is_lost = flaw.is_any(&[
            runs::a_panic_of_the_root_leaves_start,
            panics::the_roots_panic_leaves_start_under_either_policy,
            simulation::a_deadlock_names_the_task_that_waits,
        ]);
        output.unwrap_or_else(|payload| match is_lost {
            true => panic!("some panic"),
            false => resume_unwind(payload),
        })
    }
}
