//! The simulations over a range of seeds on all cores.
//!
//! A simulation runs in child processes, so that an abort or a hang costs one seed. What a child is
//! told and what it reports is in `child` and `protocol`.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZero;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};

use crate::alone::{Alone, Verdict};
use crate::bound::Bound;
use crate::child::{Desk, Finished, Limits, Logs};
use crate::outcome::{Outcome, settle};
use crate::plan::{Chunk, Plan, is_run_twice};
use crate::progress::Progress;
use crate::protocol::{Event, divergence};
use crate::report::{Part, Report};
use crate::sample::Sample;
use crate::simulation::Simulation;
use crate::stop::Stop;

/// How often two runs of a seed that once differed are compared: they may agree by accident.
const ATTEMPTS: usize = 3;

/// All that is needed to sweep.
#[derive(Debug)]
pub(crate) struct Sweep {
    pub(crate) simulations: Vec<Simulation>,
    pub(crate) part: Part,
    /// For each simulation the seeds that failed before.
    pub(crate) known: Vec<BTreeSet<u64>>,
    pub(crate) jobs: usize,
    /// How many seeds a process runs; unless given, what balances the cores.
    pub(crate) chunk: Option<u64>,
    /// After how many failing seeds none of their simulation is begun any more.
    pub(crate) max_failures: Option<NonZero<u64>>,
    pub(crate) limits: Limits,
    pub(crate) stop: Stop,
    /// For the children's files; made for the sweep and removed after it.
    pub(crate) folder: PathBuf,
    /// How this sweep is called: what a replay line begins with.
    pub(crate) line: String,
}

/// What a sweep found, and the known seeds that failed no more.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) report: Report,
    /// The position of the simulation, and the seed.
    pub(crate) mended: Vec<(usize, u64)>,
}

/// What workers tell.
enum News {
    /// A seed ended; its outcome follows when its process has.
    Ended { failed: bool },
    Outcome {
        simulation: usize,
        outcome: Outcome,
        alone: Option<Alone>,
    },
    /// So many seeds of the simulation are not run since enough have failed.
    LeftOut { simulation: usize, seeds: u64 },
    /// The sweep cannot go on.
    Broken(anyhow::Error),
}

/// What workers share.
struct Shared {
    plan: Mutex<Plan>,
    sample: Mutex<Sample>,
    bound: Bound,
}

impl Sweep {
    pub(crate) fn run(&self) -> Result<Found> {
        let folder = Folder::make(&self.folder)?;
        let plan = Plan::new(&self.known, self.part.seeds(), self.jobs).of_size(self.chunk);
        let shared = Shared {
            plan: Mutex::new(plan),
            sample: Mutex::default(),
            bound: Bound::new(self.max_failures, self.simulations.len()),
        };
        let begin = Instant::now();
        let mut found = thread::scope(|scope| {
            let (news, heard) = channel();
            for worker in 0..self.jobs {
                let (news, shared) = (news.clone(), &shared);
                scope.spawn(move || {
                    let desk = Desk::new(&self.folder, worker);
                    if let Err(error) = self.work(&desk, shared, &news) {
                        // Nobody listens any more when another worker was first.
                        let _ = tell(&news, News::Broken(error));
                    }
                });
            }
            drop(news);
            self.listen(heard)
        })?;
        folder.remove()?;
        found.report.seconds = begin.elapsed().as_secs_f64();
        found.report.interrupted = self.stop.is_interrupted();
        Ok(found)
    }

    /// How many seeds are run in all.
    fn total(&self) -> u128 {
        let seeds = self.part.seeds();
        let outside =
            |known: &BTreeSet<u64>| known.iter().filter(|seed| !seeds.contains(seed)).count();
        let outside: usize = self.known.iter().map(outside).sum();
        u128::from(seeds.end - seeds.start) * self.simulations.len() as u128 + outside as u128
    }

    /// Counts what the workers tell until the last of them has ended. To drop `news` stops them.
    fn listen(&self, news: Receiver<News>) -> Result<Found> {
        let names = self
            .simulations
            .iter()
            .map(|simulation| simulation.name.as_str());
        let mut found = Found {
            report: Report::new(self.part.clone(), names),
            mended: Vec::new(),
        };
        let mut progress = Progress::new(self.total(), self.stop.deadline());
        let mut next_line = Instant::now() + progress.pause();
        let result = loop {
            match news.recv_timeout(next_line.saturating_duration_since(Instant::now())) {
                Ok(News::Ended { failed }) => progress.seed_ended(failed),
                Ok(News::Outcome {
                    simulation,
                    outcome,
                    alone,
                }) => self.count(&mut found, simulation, outcome, alone),
                Ok(News::LeftOut { simulation, seeds }) => {
                    let name = &self.simulations[simulation].name;
                    found.report.leave_out(name, seeds);
                    progress.leave_out(seeds);
                }
                Ok(News::Broken(error)) => break Err(error),
                Err(RecvTimeoutError::Disconnected) => break Ok(found),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if Instant::now() >= next_line {
                progress.draw();
                next_line = Instant::now() + progress.pause();
            }
        };
        progress.clear();
        result
    }

    fn count(&self, found: &mut Found, simulation: usize, outcome: Outcome, alone: Option<Alone>) {
        if !outcome.is_failed() && self.known[simulation].contains(&outcome.seed) {
            found.mended.push((simulation, outcome.seed));
        }
        let name = &self.simulations[simulation].name;
        found.report.add(name, outcome, alone.as_ref(), &self.line);
    }

    /// Runs chunks until none is left or the sweep is to stop.
    fn work(&self, desk: &Desk, shared: &Shared, news: &Sender<News>) -> Result<()> {
        while !self.stop.is_over() {
            let chunk = lock(&shared.plan).next();
            let Some(Chunk { simulation, seeds }) = chunk else {
                return Ok(());
            };
            let (outcomes, rest) = self.run_chunk(desk, simulation, seeds, &shared.bound, news)?;
            if shared.bound.is_reached(simulation) {
                let seeds = lock(&shared.plan).leave(simulation) + (rest.end - rest.start);
                tell(news, News::LeftOut { simulation, seeds })?;
            }
            for mut outcome in outcomes {
                let runs_again = match &outcome.failure {
                    Some(failure) => {
                        lock(&shared.sample).takes(simulation, &failure.cause, outcome.seed)
                    }
                    None => is_run_twice(&self.part.whole(), outcome.seed),
                };
                let alone = match runs_again {
                    true => self.run_alone(desk, simulation, &mut outcome)?,
                    false => None,
                };
                let news_of_it = News::Outcome {
                    simulation,
                    outcome,
                    alone,
                };
                tell(news, news_of_it)?;
            }
        }
        Ok(())
    }

    /// Runs every seed of a chunk, in a new process after each that died; and which are left when the sweep stops
    /// or enough of the simulation's have failed.
    fn run_chunk(
        &self,
        desk: &Desk,
        simulation: usize,
        seeds: Range<u64>,
        bound: &Bound,
        news: &Sender<News>,
    ) -> Result<(Vec<Outcome>, Range<u64>)> {
        let mut rest = seeds;
        let mut outcomes = Vec::new();
        let mut notice = |event: &Event| {
            match event {
                // Not before: a seed that failed says why after it has reported that it did.
                Event::Start(_) if bound.is_reached(simulation) => {
                    return Ok(ControlFlow::Break(()));
                }
                Event::Start(_) => {}
                Event::Passed(_) => tell(news, News::Ended { failed: false })?,
                Event::Failed(..) => {
                    bound.add(simulation);
                    tell(news, News::Ended { failed: true })?;
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        while !rest.is_empty() && !self.stop.is_over() && !bound.is_reached(simulation) {
            let finished = desk.run(
                &self.simulations[simulation],
                rest.clone(),
                Logs::Leave,
                self.limits,
                &self.stop,
                &mut notice,
            )?;
            let (mut settled, left) = settle(rest, &finished)?;
            if self.total() == 1 {
                settled
                    .iter_mut()
                    .for_each(|outcome| outcome.show_all(&finished.stderr));
            }
            if settled.iter().any(|outcome| outcome.run.is_none()) {
                tell(news, News::Ended { failed: true })?;
            }
            let told = |event: &&Event| matches!(event, Event::Failed(..));
            let told = finished.events.iter().filter(told).count();
            if settled.iter().filter(|outcome| outcome.is_failed()).count() > told {
                bound.add(simulation);
            }
            outcomes.extend(settled);
            rest = left;
        }
        Ok((outcomes, rest))
    }

    /// How a seed behaves alone; `None` when the sweep stops before that is known. What it prints alone is
    /// its own, so that is kept if it does the same.
    fn run_alone(
        &self,
        desk: &Desk,
        simulation: usize,
        first: &mut Outcome,
    ) -> Result<Option<Alone>> {
        let again = || self.run_once(desk, simulation, first.seed, Logs::Leave);
        let Some(second) = again()? else {
            return Ok(None);
        };
        let mut alone = Alone::judge(first, &second, again)?;
        if alone.verdict != Verdict::Same {
            let from = match alone.verdict {
                Verdict::Leaks => first.began,
                _ => first.seed,
            };
            let divergence = self.diverge(desk, simulation, from..first.seed + 1)?;
            alone
                .difference
                .extend(divergence.map(|text| format!("\n{text}")));
        }
        if alone.verdict == Verdict::Same && !first.was_alone() {
            first.failure = second.failure;
        }
        Ok((!self.stop.is_over()).then_some(alone))
    }

    /// Where the last of the seeds diverges from its run alone, as its process tells it.
    fn diverge(&self, desk: &Desk, simulation: usize, seeds: Range<u64>) -> Result<Option<String>> {
        let seed = seeds.end - 1;
        self.run_once(desk, simulation, seed, Logs::Record)?;
        for _ in 0..ATTEMPTS {
            if self.stop.is_over() {
                break;
            }
            let finished = self.run_apart(desk, simulation, seeds.clone(), Logs::Compare)?;
            if let Some(text) = divergence(&finished.stderr, seed) {
                return Ok(Some(text.to_owned()));
            }
        }
        Ok(None)
    }

    /// Runs one seed in a process of its own; `None` when the sweep stops before it ends.
    fn run_once(
        &self,
        desk: &Desk,
        simulation: usize,
        seed: u64,
        logs: Logs,
    ) -> Result<Option<Outcome>> {
        let seeds = seed..seed + 1;
        let finished = self.run_apart(desk, simulation, seeds.clone(), logs)?;
        let (mut outcomes, _) = settle(seeds, &finished)?;
        Ok(outcomes.pop())
    }

    /// Runs seeds that are not counted.
    fn run_apart(
        &self,
        desk: &Desk,
        simulation: usize,
        seeds: Range<u64>,
        logs: Logs,
    ) -> Result<Finished> {
        let simulation = &self.simulations[simulation];
        let quiet = &mut |_: &Event| Ok(ControlFlow::Continue(()));
        desk.run(simulation, seeds, logs, self.limits, &self.stop, quiet)
    }
}

/// A folder that is removed, also when the sweep breaks off.
struct Folder<'a>(&'a Path);

impl<'a> Folder<'a> {
    fn make(path: &'a Path) -> Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    fn remove(self) -> Result<()> {
        fs::remove_dir_all(self.0).with_context(|| format!("cannot remove {}", self.0.display()))
    }
}

impl Drop for Folder<'_> {
    fn drop(&mut self) {
        // It is gone already unless the sweep broke off.
        let _ = fs::remove_dir_all(self.0);
        // And the one around it, where nothing is kept.
        let _ = self.0.parent().map(fs::remove_dir);
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tell(news: &Sender<News>, what: News) -> Result<()> {
    news.send(what)
        .map_err(|_| anyhow!("the sweep was broken off"))
}
