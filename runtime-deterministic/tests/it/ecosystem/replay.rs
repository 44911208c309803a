//! Runs a piece of the ecosystem often, and says whether a seed decides all of it.

use futures::FutureExt;
use runtime_deterministic::{Context, Executor, State};
use runtime_traits::{Clock, Handle, Runner, Spawner};
use std::{
    any::Any,
    collections::BTreeSet,
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

pub(super) const MILLI: Duration = Duration::from_millis(1);

/// A test that tells what came out as text. Boxed, so that the simulator is compiled once for all.
type Test<'a> = dyn Fn(Context) -> Pin<Box<dyn Future<Output = String> + 'a>> + Sync + 'a;

/// `test`, boxed.
fn boxed<'a, F, Fut>(test: &'a F) -> Box<Test<'a>>
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future<Output: Debug> + 'a,
{
    Box::new(move |context| {
        let outcome = test(context);
        Box::pin(async move { format!("{:?}", outcome.await) })
    })
}

/// One run: where it ended, and what came out.
fn run(seed: u64, test: &Test<'_>) -> (State, String) {
    let (runner, context, auditor) = Executor::seeded(seed);
    let outcome = runner.start(test(context));
    (auditor.state(), outcome)
}

/// Of twenty seeds each must give one run: here, and on another thread after work that moves the
/// generators, caches and counters which libraries keep per thread and per process. What comes out
/// must differ between some seeds.
pub(super) fn replays<F, Fut>(test: F)
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future<Output: Debug>,
{
    replays_boxed(&*boxed(&test));
}

fn replays_boxed(test: &Test<'_>) {
    let mut outcomes = BTreeSet::new();
    for seed in 0..20 {
        let (state, outcome) = run(seed, test);
        let (again, same) = elsewhere(|| {
            disturb(seed as usize + 1);
            run(seed, test)
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

/// What comes out of one seed, run here.
pub(super) fn outcome<F, Fut>(seed: u64, test: F) -> String
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future<Output: Debug>,
{
    run(seed, &*boxed(&test)).1
}

/// What comes out of one seed, run 64 times, each on a thread of its own. One member: it replays.
pub(super) fn outcomes<F, Fut>(test: F) -> BTreeSet<String>
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future<Output: Debug>,
{
    let test = &*boxed(&test);
    (0..64).map(|_| elsewhere(|| run(7, test).1)).collect()
}

/// What the panic says with which a run ends.
pub(super) fn panic_of<F, Fut>(test: F) -> String
where
    F: Fn(Context) -> Fut + Sync,
    Fut: Future<Output: Debug>,
{
    panic_in(|| drop(outcome(7, &test)))
}

/// What the panic says with which `work` ends.
pub(super) fn panic_in(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    text(&*payload)
}

fn text(payload: &(dyn Any + Send)) -> String {
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
        let work = async move {
            for round in 0..ROUNDS {
                clock.sleep(MILLI).await;
                work(who, round).await;
            }
        };
        // Boxed, so that one kind of task is compiled for all crowds.
        context.spawn("one of the crowd", work.boxed())
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
