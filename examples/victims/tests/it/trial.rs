//! What is asked of every victim, over how many seeds.

use runtime_deterministic::{Config, Context, Executor, FaultKind, Faults, Host, Ratio};
use runtime_traits::{Clock, Random, Runner};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::Duration,
};

const SEEDS: Range<u64> = 0..1_000;
/// Within so many a victim is caught.
const SOON: Range<u64> = 0..100;
const PORT: u16 = 80;

/// One run of one victim.
pub(crate) struct Run {
    pub(crate) context: Context,
    /// Whether the victim is corrected.
    pub(crate) fixed: bool,
    /// Whether the fault strikes.
    pub(crate) fault: bool,
}

impl Run {
    /// A host on which a victim serves at [`PORT`].
    pub(crate) fn host<F: Future<Output: Send> + Send + 'static>(
        &self,
        name: &str,
        mut serve: impl FnMut(Context, SocketAddr) -> F + Send + 'static,
    ) -> Host<F::Output> {
        let boot = move |context: Context| {
            let socket = SocketAddr::new(context.addr(), PORT);
            serve(context, socket)
        };
        self.context.world().host(name, boot).unwrap()
    }

    /// One of so many, drawn from the seed.
    pub(crate) fn pick(&self, of: usize) -> usize {
        (self.context.next_u64() % of as u64) as usize
    }

    /// A time of this range, drawn from the seed.
    pub(crate) fn draw(&self, range: Range<Duration>) -> Duration {
        let span = (range.end - range.start).as_nanos() as u64;
        range.start + Duration::from_nanos(self.context.next_u64() % span)
    }

    /// Lets some time pass, drawn from the seed.
    pub(crate) async fn sleep(&self, range: Range<Duration>) {
        self.context.sleep(self.draw(range)).await;
    }
}

/// What a victim told the test, in order.
#[derive(Clone)]
pub(crate) struct Seen<T>(Arc<Mutex<Vec<T>>>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Seen<T> {
    pub(crate) fn see(&self, what: T) {
        self.0.lock().unwrap().push(what);
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Option<T> {
        self.0.lock().unwrap().last().cloned()
    }
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(crate) fn at(host: &Host<impl Send + 'static>) -> SocketAddr {
    SocketAddr::new(host.addr(), PORT)
}

/// Holds a victim to what it is there for. `trial` is a run of it, which counts what was
/// acknowledged; `caught` is in the message with which it fails.
///
/// With its mistake it passes 1,000 seeds without the fault, and fails one of 100 with it, each time
/// for this reason. Corrected it passes 1,000 with the fault. The two differ by faults of this kind
/// alone.
pub(crate) fn judge(kind: FaultKind, caught: &str, trial: impl AsyncFn(Run) -> u64) {
    let (mut before, mut struck) = (BTreeSet::new(), BTreeSet::new());
    for seed in SEEDS {
        for (fixed, fault, fired) in [(false, None, &mut before), (true, Some(kind), &mut struck)] {
            let (ended, kinds) = run(seed, fixed, fault, &trial);
            fired.extend(kinds);
            if let Err(message) = ended {
                panic!("seed {seed}, fixed: {fixed}, fault: {fault:?}: {message}");
            }
        }
    }
    assert!(!before.contains(&kind), "{kind} without the fault");
    before.insert(kind);
    assert_eq!(struck, before, "what strikes with the fault, and without");
    let failures =
        SOON.filter_map(|seed| Some((seed, run(seed, false, Some(kind), &trial).0.err()?)));
    let failures: Vec<_> = failures.collect();
    for (seed, message) in &failures {
        assert!(message.contains(caught), "seed {seed}: {message}");
    }
    let Some((least, _)) = failures.first() else {
        panic!("not caught within {SOON:?}");
    };
    println!("{} seeds of 100, the least {least}", failures.len());
}

/// A run: how it ended, and which kinds of faults struck.
fn run(
    seed: u64,
    fixed: bool,
    fault: Option<FaultKind>,
    trial: &impl AsyncFn(Run) -> u64,
) -> (Result<(), String>, Vec<FaultKind>) {
    let mut config = Config::default();
    config.seed = seed;
    config.timeout = Some(Duration::from_secs(24 * 60 * 60));
    if fault == Some(FaultKind::Buggify) {
        // The others are the trial's to do; this one is in the victim.
        config.faults = Faults::of([(FaultKind::Buggify, Ratio::new(1, 2))]);
    }
    let (runner, context, auditor) = Executor::init(config);
    let run = Run {
        context,
        fixed,
        fault: fault.is_some(),
    };
    let ended = catch_unwind(AssertUnwindSafe(|| runner.start(trial(run))));
    let ended = match ended {
        Ok(0) => Err("nothing was acknowledged".into()),
        Ok(_) => Ok(()),
        Err(payload) => Err(match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => payload.downcast::<&str>().map_or_else(
                |_| "a panic without words".into(),
                |message| (*message).into(),
            ),
        }),
    };
    (ended, auditor.fired().into_keys().collect())
}
