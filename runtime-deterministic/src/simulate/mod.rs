//! A test over many seeds.

mod environment;
mod failure;
mod logs;
mod panics;
mod parallel;
mod report;

pub use parallel::simulate_parallel;

use crate::{
    Config, Context, Divergence, Executor, FaultKind, Faults, Log, Record, Schedule, Source, State,
    Work, runner::message,
};
use environment::{events, faults, jobs, schedule, seeds};
use failure::Failure;
use logs::Logs;
use report::Report;
use runtime_traits::{
    Panics, Runner,
    panics::{catching, forget},
};
use std::{
    backtrace::Backtrace,
    collections::BTreeMap,
    fmt::Debug,
    num::NonZero,
    ops::{Range, RangeInclusive},
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What is kept of a failing seed's second run: enough for some million events.
const LAST: Record = Record::Last(64 << 20);
/// What a poll may take in real time in that run before it is told.
const SLOW_POLL: Duration = Duration::from_secs(1);

/// What [`simulate`] runs, and how often.
///
/// The environment overrides the seeds: `SIM_SEED=7` runs one, `SIM_SEEDS=0..1000` a range. It
/// overrides the faults as well, by the text that a failure shows, or a part of it: `SIM_FAULTS=none`;
/// and the [`Schedule`]: `SIM_SCHEDULE='pct depth=3 steps=1000'`.
/// `SIM_JOBS=2` runs the seeds of a [`#[simulate]`](macro@crate::simulate) on so many threads.
///
/// `SIM_RECORD=folder` writes a [`Log`] of each seed: `<path of the test>-<seed>.log`, with dots in
/// the path, as in `folder/store.crashes.simulation-7.log`. `SIM_COMPARE=folder` fails each seed
/// whose run is not the one that was recorded there, in whatever process, and shows where they
/// diverge; seeds without a log are run as ever, but one log there must be.
///
/// To look closer at a seed that fails: `SIM_EVENTS=1000` has it tell so many of its last events, each
/// with what was carried and where its task was spawned, and `RUST_BACKTRACE=1` how it came to the
/// panic. What the program itself prints is printed by each of its runs: a seed that fails has two, or
/// more where they differ. Lines of its log that begin with [`Context::moment`] stand beside those events.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The test's path as `module_path!` gives it, for the line that replays a seed. Empty: the
    /// name of the thread, which is the test's under cargo's own harness.
    pub name: &'static str,
    /// The package, for the same line.
    pub package: &'static str,
    /// The seeds to run, at least one. Default: `0..100`.
    pub seeds: Range<u64>,
    /// The virtual time after which a seed fails. Default: one hour.
    pub timeout: Duration,
    /// [`Config::poll_limit`]. Default: 1,000,000.
    pub poll_limit: u64,
    /// [`Config::panics`]. Default: the panic of any task fails the seed.
    pub panics: Panics,
    /// What goes wrong by itself. Default: nothing.
    pub faults: Faults,
    /// Which of the tasks that are ready is polled next. Default: each is equally likely.
    pub schedule: Schedule,
    /// Which events of a seed's first run are kept, so that a second run which differs is compared
    /// with it. Default: none; two later runs are compared then.
    pub record: Record,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            name: "",
            package: "",
            seeds: 0..100,
            timeout: Duration::from_secs(60 * 60),
            poll_limit: Config::default().poll_limit,
            panics: Panics::Propagate,
            faults: Faults::none(),
            schedule: Schedule::Random,
            record: Record::Off,
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
/// seed if any failed. Also when there is no seed, a variable of the environment holds what it cannot be,
/// or a field of `simulation` is what a [`Config`] refuses.
pub fn simulate<F, Fut>(simulation: Simulation, test: F)
where
    F: Fn(Context) -> Fut,
    Fut: Future,
    Fut::Output: Outcome,
{
    Session::new(simulation).run_all(&test);
}

/// The seeds of one test, and what becomes of them.
struct Session {
    simulation: Simulation,
    seeds: RangeInclusive<u64>,
    logs: Logs,
    report: Report,
    failed: Vec<u64>,
    /// Whether it was told that a run holds what no seed decides.
    warned: AtomicBool,
    /// How many events a failing seed tells, where the environment says so.
    events: Option<usize>,
    /// What the environment says in place of the test, for the line that replays a seed.
    overrides: String,
}

impl Session {
    fn new(mut simulation: Simulation) -> Self {
        let faults = faults().unwrap_or_else(|error| panic!("{error}"));
        let schedule = schedule().unwrap_or_else(|error| panic!("{error}"));
        let mut overrides = String::new();
        if let Some(faults) = faults {
            overrides += &format!("SIM_FAULTS='{faults}' ");
            simulation.faults = faults;
        }
        if let Some(schedule) = schedule {
            overrides += &format!("SIM_SCHEDULE='{schedule}' ");
            simulation.schedule = schedule;
        }
        Self {
            seeds: seeds(&simulation).unwrap_or_else(|error| panic!("{error}")),
            logs: Logs::from_environment(&simulation.path()),
            report: Report::from_environment(),
            failed: Vec::new(),
            warned: AtomicBool::new(false),
            events: events().unwrap_or_else(|error| panic!("{error}")),
            overrides,
            simulation,
        }
    }

    /// How many threads run seeds. A sweep runs processes instead.
    fn jobs(&self) -> NonZero<usize> {
        match self.report.goes_on() {
            true => NonZero::<usize>::MIN,
            false => jobs().unwrap_or_else(|error| panic!("{error}")),
        }
    }

    fn run_all<F, Fut>(mut self, test: &F)
    where
        F: Fn(Context) -> Fut,
        Fut: Future,
        Fut::Output: Outcome,
    {
        for seed in self.seeds.clone() {
            self.report.start(seed);
            let run = self.attempt(seed, test);
            self.report.end(seed, &run);
            if run.cause.is_some() {
                self.conclude(seed, &run, test);
                if !self.report.goes_on() {
                    break;
                }
            }
        }
        self.end();
    }

    /// Runs one seed; its log is written and compared, where that is asked for.
    fn attempt<F, Fut>(&self, seed: u64, test: &F) -> Run
    where
        F: Fn(Context) -> Fut,
        Fut: Future,
        Fut::Output: Outcome,
    {
        let record = self.logs.record(self.simulation.record);
        let mut run = run(&self.simulation, seed, record, None, test);
        run.divergence = self.logs.settle(seed, &run);
        if let Some(source) = run.sources.first()
            && !self.warned.swap(true, Ordering::Relaxed)
        {
            let path = self.simulation.test_path();
            eprintln!("{path} seed {seed}: no seed decides this\n  {source}");
        }
        if run.divergence.is_some() && run.cause.is_none() {
            run.cause = Some(Cause {
                message: "not deterministic: the run is not the one that was recorded".into(),
                site: None,
                who: None,
                backtrace: None,
            });
        }
        run
    }

    /// Runs a seed that failed again, and prints what is known of it.
    fn conclude<F, Fut>(&mut self, seed: u64, run: &Run, test: &F)
    where
        F: Fn(Context) -> Fut,
        Fut: Future,
        Fut::Output: Outcome,
    {
        let again = || self::run(&self.simulation, seed, LAST, Some(SLOW_POLL), test);
        let second = again();
        let divergence = match (&run.divergence, second.state != run.state) {
            (Some(divergence), _) => Some(format!("{divergence}")),
            (None, true) => Some(failure::divergence(run, &second, again)),
            (None, false) => None,
        };
        let failure = Failure {
            simulation: &self.simulation,
            seed,
            run,
            again: &second,
            divergence,
            events: self.events,
            overrides: &self.overrides,
        };
        eprintln!("{failure}");
        self.failed.push(seed);
    }

    fn end(self) {
        if !self.failed.is_empty() {
            // The block is printed: a panic that prints nothing more.
            let (path, failed) = (self.simulation.test_path(), self.failed);
            resume_unwind(Box::new(format!("{path} failed: seeds {failed:?}")));
        }
        self.logs.end();
    }
}

/// One seed's run.
struct Run {
    state: State,
    work: Work,
    /// What went wrong by itself, and how often what struck.
    faults: Faults,
    /// Who was polled next.
    schedule: Schedule,
    fired: BTreeMap<FaultKind, u64>,
    cause: Option<Cause>,
    log: Option<Arc<Log>>,
    sources: Vec<Source>,
    /// From the run that was recorded.
    divergence: Option<Divergence>,
}

/// Why a seed failed.
struct Cause {
    message: String,
    /// `file:line:column` of the panic, where it was one.
    site: Option<String>,
    /// The host and task that panicked.
    who: Option<String>,
    /// How it came to the panic, where `RUST_BACKTRACE` asks for that.
    backtrace: Option<Backtrace>,
}

fn run<F, Fut>(
    simulation: &Simulation,
    seed: u64,
    record: Record,
    slow_poll: Option<Duration>,
    test: &F,
) -> Run
where
    F: Fn(Context) -> Fut,
    Fut: Future,
    Fut::Output: Outcome,
{
    let timeout = Some(simulation.timeout);
    let (runner, context, auditor) = Executor::init(Config {
        seed,
        timeout,
        poll_limit: simulation.poll_limit,
        panics: simulation.panics,
        record,
        faults: simulation.faults.clone(),
        schedule: simulation.schedule.clone(),
        slow_poll,
        ..Config::default()
    });
    let sites = panics::Sites::watch();
    let root = async { test(context).await.failure() };
    let result = catching(|| runner.start(root));
    let sites = sites.end();
    let ending = auditor.0.ending();
    let cause = match result {
        Ok(None) => None,
        Ok(Some(message)) => Some(Cause {
            message,
            site: None,
            who: None,
            backtrace: None,
        }),
        Err(payload) => {
            let message = message(&*payload).to_string();
            forget(payload);
            let site = sites.into_iter().rev().find(|site| site.message == message);
            let (site, backtrace) = site.map(|site| (site.place, site.backtrace)).unzip();
            Some(Cause {
                message,
                site,
                who: ending.panicked,
                backtrace: backtrace.flatten(),
            })
        }
    };
    Run {
        state: ending.state,
        work: ending.work,
        faults: ending.faults,
        schedule: ending.schedule,
        fired: ending.fired.counts(),
        cause,
        log: ending.log,
        sources: ending.sources,
        divergence: None,
    }
}

impl Simulation {
    /// The test's path, its crate included.
    fn path(&self) -> String {
        match self.name {
            "" => panics::thread_name(),
            name => name.into(),
        }
    }

    /// The test's path as the test harness knows it: without the crate.
    fn test_path(&self) -> String {
        match self.name.split_once("::") {
            Some((_, path)) => path.into(),
            None => panics::thread_name(),
        }
    }
}
