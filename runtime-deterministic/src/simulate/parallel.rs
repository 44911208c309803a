//! The seeds of one test on several threads.
#![expect(
    clippy::disallowed_methods,
    reason = "outside of runs, each of which is on one of these threads"
)]

use super::{Outcome, Run, Session, Simulation};
use crate::Context;
use std::{
    num::NonZero,
    ops::RangeInclusive,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread, // tidy: runs side by side share nothing
};

/// As [`simulate`](super::simulate), on as many threads as `SIM_JOBS` says, one unless it is set.
/// The threads share the test, which is why it is `Sync`; its futures need not be `Send`.
/// [`#[simulate]`](macro@crate::simulate) calls it.
///
/// Whatever the number of threads, the least seed that fails is reported.
///
/// # Panics
/// As [`simulate`](super::simulate).
pub fn simulate_parallel<F, Fut>(simulation: Simulation, test: F)
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future,
    Fut::Output: Outcome,
{
    let mut session = Session::new(simulation);
    let jobs = session.jobs();
    if jobs.get() == 1 {
        return session.run_all(&test);
    }
    if let Some((seed, run)) = least_failure(&session, jobs, &test) {
        session.conclude(seed, &run, &test);
    }
    session.end();
}

/// Seeds are taken in their order: once one has failed, all below it have run or do so.
fn least_failure<F, Fut>(session: &Session, jobs: NonZero<usize>, test: &F) -> Option<(u64, Run)>
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future,
    Fut::Output: Outcome,
{
    let seeds: Mutex<RangeInclusive<u64>> = Mutex::new(session.seeds.clone());
    let failed = AtomicBool::new(false);
    let next = || seeds.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let seed = next()?;
            let run = session.attempt(seed, test);
            if run.cause.is_some() {
                failed.store(true, Ordering::Relaxed);
                return Some((seed, run));
            }
        }
        None
    };
    let failures = thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.get()).map(|_| scope.spawn(work)).collect();
        let ended = threads.into_iter().map(|thread| match thread.join() {
            Ok(failure) => failure,
            Err(payload) => std::panic::resume_unwind(payload),
        });
        ended.collect::<Vec<_>>()
    });
    failures.into_iter().flatten().min_by_key(|(seed, _)| *seed)
}
