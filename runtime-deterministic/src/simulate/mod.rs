//! A test over many seeds.

mod failure;
mod panics;
mod report;

use crate::{
    Config, Context, Executor, FaultKind, Faults, Log, Record, State, Work, runner::message,
};
use failure::Failure;
use report::Report;
use runtime_traits::Runner;
use std::{
    collections::BTreeMap,
    env,
    fmt::Debug,
    ops::{Range, RangeInclusive},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
    time::Duration,
};

/// What is kept of a failing seed's second run: enough for some million events.
const LAST: Record = Record::Last(64 << 20);

/// What [`simulate`] runs, and how often.
///
/// The environment overrides the seeds: `SIM_SEED=7` runs one, `SIM_SEEDS=0..1000` a range. It
/// overrides the faults as well, by the text that a failure shows, or a part of it: `SIM_FAULTS=none`.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The test's path as `module_path!` gives it, for the line that replays a seed. Empty: the
    /// name of the thread, which is the test's under cargo's own harness.
    pub name: &'static str,
    /// The package, for the same line.
    pub package: &'static str,
    /// The seeds to run. Default: `0..100`.
    pub seeds: Range<u64>,
    /// The virtual time after which a seed fails. Default: one hour.
    pub timeout: Duration,
    /// What goes wrong by itself. Default: nothing.
    pub faults: Faults,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            name: "",
            package: "",
            seeds: 0..100,
            timeout: Duration::from_secs(60 * 60),
            faults: Faults::none(),
        }
    }
}

/// What a simulated test may return: nothing, or a [`Result`] whose error fails the seed.
pub trait Outcome {
    /// The error's text, if it is one.
    fn failure(self) -> Option<String>;
}

impl Outcome for () {
    fn failure(self) -> Option<String> {
        None
    }
}

impl<T: Outcome, E: Debug> Outcome for Result<T, E> {
    fn failure(self) -> Option<String> {
        match self {
            Ok(outcome) => outcome.failure(),
            Err(error) => Some(format!("the test returned an error: {error:?}")),
        }
    }
}

/// Runs `test` once per seed, each in a simulation of its own.
///
/// A seed that fails is run a second time to tell its last events, and whether it does the same
/// again. What is printed ends with the line that replays it.
///
/// ```
/// use runtime_deterministic::{Simulation, simulate};
/// use runtime_traits::{Clock, Spawner};
/// use std::time::Duration;
///
/// simulate(Simulation { seeds: 0..10, ..Simulation::default() }, |context| async move {
///     let hour = context.sleep(Duration::from_secs(3600 / 2));
///     let task = context.spawn("waiting", hour);
///     assert_eq!(task.await, Ok(()));
/// });
/// ```
///
/// # Panics
/// At the first seed that fails; with `SIM_REPORT` set to a file, which a sweep does, after the last
/// seed if any failed. Also when the environment holds what is no seed.
pub fn simulate<F, Fut>(mut simulation: Simulation, test: F)
where
    F: Fn(Context) -> Fut,
    Fut: Future,
    Fut::Output: Outcome,
{
    let seeds = seeds(&simulation).unwrap_or_else(|error| panic!("{error}"));
    if let Some(faults) = faults().unwrap_or_else(|error| panic!("{error}")) {
        simulation.faults = faults;
    }
    let mut report = Report::from_environment();
    let mut failed = Vec::new();
    for seed in seeds {
        report.start(seed);
        let run = run(&simulation, seed, Record::Off, &test);
        report.end(seed, &run);
        if run.cause.is_none() {
            continue;
        }
        let again = self::run(&simulation, seed, LAST, &test);
        eprintln!(
            "{}",
            Failure {
                simulation: &simulation,
                seed,
                run: &run,
                again: &again
            }
        );
        failed.push(seed);
        if !report.goes_on() {
            break;
        }
    }
    if !failed.is_empty() {
        // The block is printed: a panic that prints nothing more.
        let text = format!("{} failed: seeds {failed:?}", simulation.test_path());
        resume_unwind(Box::new(text));
    }
}

/// One seed's run.
struct Run {
    state: State,
    work: Work,
    /// What went wrong by itself, and how often what struck.
    faults: Faults,
    fired: BTreeMap<FaultKind, u64>,
    cause: Option<Cause>,
    log: Option<Arc<Log>>,
}

/// Why a seed failed.
struct Cause {
    message: String,
    /// `file:line:column` of the panic, where it was one.
    site: Option<String>,
    /// The host and task that panicked.
    who: Option<String>,
}

fn run<F, Fut>(simulation: &Simulation, seed: u64, record: Record, test: &F) -> Run
where
    F: Fn(Context) -> Fut,
    Fut: Future,
    Fut::Output: Outcome,
{
    let timeout = Some(simulation.timeout);
    let (runner, context, auditor) = Executor::init(Config {
        seed,
        timeout,
        record,
        faults: simulation.faults.clone(),
        ..Config::default()
    });
    let sites = panics::Sites::watch();
    let root = async { test(context).await.failure() };
    let result = catch_unwind(AssertUnwindSafe(|| runner.start(root)));
    let sites = sites.end();
    let ending = auditor.0.ending();
    let cause = match result {
        Ok(None) => None,
        Ok(Some(message)) => Some(Cause {
            message,
            site: None,
            who: None,
        }),
        Err(payload) => {
            let message = message(&*payload).to_string();
            let site = sites.into_iter().rev().find(|site| site.message == message);
            Some(Cause {
                message,
                site: site.map(|site| site.place),
                who: ending.panicked,
            })
        }
    };
    Run {
        state: ending.state,
        work: ending.work,
        faults: ending.faults,
        fired: ending.fired.counts(),
        cause,
        log: ending.log,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "outside a run: which seeds to run"
)]
fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(error) => Err(format!("{name}: {error}")),
    }
}

fn inclusive(seeds: &Range<u64>) -> Option<RangeInclusive<u64>> {
    (!seeds.is_empty()).then(|| seeds.start..=seeds.end - 1)
}

fn faults() -> Result<Option<Faults>, String> {
    let text = variable("SIM_FAULTS")?;
    let parse = |text: String| text.parse().map_err(|error| format!("SIM_FAULTS: {error}"));
    text.map(parse).transpose()
}

fn seeds(simulation: &Simulation) -> Result<RangeInclusive<u64>, String> {
    if let Some(text) = variable("SIM_SEED")? {
        let seed: u64 = text.trim().parse().map_err(|_| {
            format!("SIM_SEED is {text:?}, which is no seed: use a number, as in SIM_SEED=7")
        })?;
        return Ok(seed..=seed);
    }
    let Some(text) = variable("SIM_SEEDS")? else {
        return inclusive(&simulation.seeds)
            .ok_or_else(|| "Simulation.seeds is empty: nothing would be tested".into());
    };
    let parse = |text: &str| {
        let (from, to) = text.trim().split_once("..")?;
        Some(from.parse().ok()?..to.parse().ok()?)
    };
    let range: Option<Range<u64>> = parse(&text);
    range.as_ref().and_then(inclusive).ok_or_else(|| {
        format!(
            "SIM_SEEDS is {text:?}, which is no range: use two numbers, as in SIM_SEEDS=0..1000"
        )
    })
}

impl Simulation {
    /// The test's path as the test harness knows it: without the crate.
    fn test_path(&self) -> String {
        match self.name.split_once("::") {
            Some((_, path)) => path.into(),
            None => panics::thread_name(),
        }
    }
}
