//! Runs a piece of the ecosystem often, and says whether a seed decides all of it.

use futures::FutureExt;
use runtime_deterministic::{Context, Executor, State};
use runtime_traits::{Clock, Handle, Runner, Spawner};
use std::{
    any::Any,
    collections::BTreeSet,
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::Duration,
};

pub(super) const MILLI: Duration = Duration::from_millis(1);

/// One run: where it ended, and what came out.
pub(super) fn run<F, Fut>(seed: u64, test: &F) -> (State, Fut::Output)
where
    F: Fn(Context) -> Fut,
    Fut: Future,
{
    let (runner, context, auditor) = Executor::seeded(seed);
    let outcome = runner.start(async { test(context).await });
    (auditor.state(), outcome)
}

/// Of twenty seeds each must give one run: here, and on another thread after work that moves the
/// generators, caches and counters which libraries keep per thread and per process. What comes out
/// must differ between some seeds.
pub(super) fn replays<F, Fut>(test: F)
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future,
    Fut::Output: Debug + Ord + Send,
{
    let mut outcomes = BTreeSet::new();
    for seed in 0..20 {
        let (state, outcome) = run(seed, &test);
        let (again, same) = elsewhere(|| {
            disturb(seed as usize + 1);
            run(seed, &test)
        });
        assert_eq!(outcome, same, "seed {seed} does not replay");
        assert_eq!(
            state, again,
            "seed {seed} gives one outcome on different ways"
        );
        outcomes.insert(outcome);
    }
    assert!(
        outcomes.len() > 1,
        "every seed does the same: {outcomes:?} shows no interleaving"
    );
}

/// What comes out of one seed, run 64 times, each on a thread of its own. One member: it replays.
pub(super) fn outcomes<F, Fut>(test: F) -> BTreeSet<Fut::Output>
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future,
    Fut::Output: Debug + Ord + Send,
{
    (0..64).map(|_| elsewhere(|| run(7, &test).1)).collect()
}

/// What the panic says with which a run ends.
pub(super) fn panic_of<F, Fut>(test: F) -> String
where
    F: Fn(Context) -> Fut,
    Fut: Future,
    Fut::Output: Debug,
{
    let payload = catch_unwind(AssertUnwindSafe(|| run(7, &test).1)).expect_err("it panics");
    text(&*payload)
}

pub(super) fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a run on another thread is the subject"
)]
pub(super) fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

/// Unrelated work with what draws from generators of the thread.
fn disturb(times: usize) {
    for _ in 0..times {
        #[expect(
            clippy::disallowed_macros,
            reason = "it draws from the thread's generator"
        )]
        let both = async {
            tokio::select! { () = async {} => {}, () = async {} => {} }
            futures::select! { () = async {}.fuse() => {}, () = async {}.fuse() => {} }
        };
        both.now_or_never().unwrap();
    }
}

/// How many tasks a [`crowd`] has, and how often each does its work.
pub(super) const CROWD: u32 = 4;
pub(super) const ROUNDS: u32 = 3;

/// Spawns tasks that sleep equally long and then do `work`, with their number and the round's.
pub(super) fn crowd<F, Fut>(context: &Context, work: F) -> Vec<Handle<()>>
where
    F: Fn(u32, u32) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send,
{
    let member = |who| {
        let (clock, work) = (context.clone(), work.clone());
        context.spawn("one of the crowd", async move {
            for round in 0..ROUNDS {
                clock.sleep(MILLI).await;
                work(who, round).await;
            }
        })
    };
    (0..CROWD).map(member).collect()
}

/// Waits for all of them.
pub(super) async fn gather<T>(handles: Vec<Handle<T>>) -> Vec<T> {
    let mut outputs = Vec::new();
    for handle in handles {
        outputs.push(handle.await.unwrap());
    }
    outputs
}

/// Who did the work of which round, in the order in which it was done.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<(u32, u32)>>>);

impl Log {
    pub(super) fn note(&self, who: u32, round: u32) {
        self.0.lock().unwrap().push((who, round));
    }

    /// The log of a crowd that has done all its work.
    pub(super) fn complete(&self) -> Vec<(u32, u32)> {
        complete(self.0.lock().unwrap().clone())
    }
}

/// What a crowd did, after a check that each did each round once, and in order.
pub(super) fn complete(done: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    let rounds = |who| {
        let of = done.iter().filter(|(of, _)| *of == who);
        of.map(|(_, round)| *round).collect::<Vec<_>>()
    };
    let all: Vec<_> = (0..ROUNDS).collect();
    assert!((0..CROWD).all(|who| rounds(who) == all), "{done:?}");
    assert_eq!(done.len() as u32, CROWD * ROUNDS, "{done:?}");
    done
}
