//! `cargo xtask seed-sweep`: the workspace's simulations over a range of seeds on all cores.
//!
//! A simulation runs in child processes, so that an abort or a hang costs one seed. What a child is
//! told and what it reports is in `child` and `report`.

mod cause;
mod child;
mod outcome;
mod plan;
mod progress;
mod report;
pub(crate) mod seeds;
mod simulation;
mod tally;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{Write, stdout};
use std::num::NonZero;
use std::ops::Range;
use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::command::SeedSweep;
use crate::workspace::Workspace;
use child::Desk;
use outcome::{Outcome, settle};
use plan::{Chunk, Plan, is_run_twice};
use progress::Progress;
use report::{Event, Run};
use simulation::Simulation;
use tally::Tally;
#[cfg(test)]
use tally::replay_line;

/// A seed that shows no sign of life for this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(arguments: &SeedSweep) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let simulations = simulation::discover(&workspace, &arguments.filter)?;
    let jobs = arguments
        .jobs
        .map_or_else(thread::available_parallelism, Ok)
        .unwrap_or(NonZero::<usize>::MIN);
    let sweep = Sweep {
        simulations,
        seeds: arguments.range().range(),
        jobs: jobs.get(),
        patience: PATIENCE,
        folder: workspace
            .target
            .join("seed-sweep")
            .join(process::id().to_string()),
    };
    let begin = Instant::now();
    let tally = sweep.run()?;
    writeln!(stdout(), "{}", tally.show(begin.elapsed())).context("cannot print the result")?;
    Ok(if tally.any_failed() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// All that is needed to sweep.
#[derive(Debug)]
struct Sweep {
    simulations: Vec<Simulation>,
    seeds: Range<u64>,
    jobs: usize,
    patience: Duration,
    /// For the children's files; made for the sweep and removed after it.
    folder: PathBuf,
}

/// What workers tell.
enum News {
    /// A seed ended; its outcome follows when its process has.
    Ended {
        failed: bool,
    },
    Outcome {
        simulation: usize,
        outcome: Outcome,
    },
    Repeated {
        simulation: usize,
        first: Run,
        second: Outcome,
    },
    /// The sweep cannot go on.
    Broken(anyhow::Error),
}

impl Sweep {
    fn run(&self) -> Result<Tally> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make {}", self.folder.display()))?;
        let plan = Mutex::new(Plan::new(
            self.simulations.len(),
            self.seeds.clone(),
            self.jobs,
        ));
        let tally = thread::scope(|scope| {
            let (news, heard) = channel();
            for worker in 0..self.jobs {
                let (news, plan) = (news.clone(), &plan);
                scope.spawn(move || {
                    let desk = Desk::new(&self.folder, worker);
                    if let Err(error) = self.work(&desk, plan, &news) {
                        // Nobody listens any more when another worker was first.
                        let _ = tell(&news, News::Broken(error));
                    }
                });
            }
            drop(news);
            self.listen(heard)
        });
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("cannot remove {}", self.folder.display()))?;
        tally
    }

    /// Whether all that is printed is of one seed.
    fn is_replay(&self) -> bool {
        self.seeds.end - self.seeds.start == 1
    }

    /// Counts what the workers tell until the last of them has ended. To drop `news` stops them.
    fn listen(&self, news: Receiver<News>) -> Result<Tally> {
        let mut tally = Tally::new(
            self.simulations
                .iter()
                .map(|simulation| simulation.name.clone())
                .collect(),
        );
        let mut progress = Progress::new(
            u128::from(self.seeds.end - self.seeds.start) * self.simulations.len() as u128,
        );
        let mut next_line = Instant::now() + progress.pause();
        let result = loop {
            match news.recv_timeout(next_line.saturating_duration_since(Instant::now())) {
                Ok(News::Ended { failed }) => progress.seed_ended(failed),
                Ok(News::Outcome {
                    simulation,
                    outcome,
                }) => tally.add(simulation, outcome),
                Ok(News::Repeated {
                    simulation,
                    first,
                    second,
                }) => tally.compare(simulation, &first, &second),
                Ok(News::Broken(error)) => break Err(error),
                Err(RecvTimeoutError::Disconnected) => break Ok(tally),
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

    /// Runs chunks until none is left.
    fn work(&self, desk: &Desk, plan: &Mutex<Plan>, news: &Sender<News>) -> Result<()> {
        loop {
            let chunk = plan.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(Chunk { simulation, seeds }) = chunk else {
                return Ok(());
            };
            for outcome in self.run_chunk(desk, simulation, seeds, news)? {
                if let Some(first) = outcome
                    .run
                    .clone()
                    .filter(|run| is_run_twice(&self.seeds, run.seed))
                {
                    let second = self.run_again(desk, simulation, first.seed)?;
                    tell(
                        news,
                        News::Repeated {
                            simulation,
                            first,
                            second,
                        },
                    )?;
                }
                tell(
                    news,
                    News::Outcome {
                        simulation,
                        outcome,
                    },
                )?;
            }
        }
    }

    /// Runs every seed of a chunk, in a new process after each that died.
    fn run_chunk(
        &self,
        desk: &Desk,
        simulation: usize,
        seeds: Range<u64>,
        news: &Sender<News>,
    ) -> Result<Vec<Outcome>> {
        let mut rest = seeds;
        let mut outcomes = Vec::new();
        let mut notice = |event: &Event| match event {
            Event::Start(_) => Ok(()),
            Event::Passed(_) => tell(news, News::Ended { failed: false }),
            Event::Failed(..) => tell(news, News::Ended { failed: true }),
        };
        while !rest.is_empty() {
            let finished = desk.run(
                &self.simulations[simulation],
                rest.clone(),
                self.patience,
                &mut notice,
            )?;
            let (mut settled, left) = settle(rest, &finished)?;
            if self.is_replay() {
                settled
                    .iter_mut()
                    .for_each(|outcome| outcome.show_all(&finished.stderr));
            }
            if settled.iter().any(|outcome| outcome.run.is_none()) {
                tell(news, News::Ended { failed: true })?;
            }
            outcomes.extend(settled);
            rest = left;
        }
        Ok(outcomes)
    }

    /// Runs one seed alone in a process of its own.
    fn run_again(&self, desk: &Desk, simulation: usize, seed: u64) -> Result<Outcome> {
        let seeds = seed..seed + 1;
        let finished = desk.run(
            &self.simulations[simulation],
            seeds.clone(),
            self.patience,
            &mut |_| Ok(()),
        )?;
        let (mut outcomes, _) = settle(seeds, &finished)?;
        outcomes.pop().context("a run of one seed had no outcome")
    }
}

fn tell(news: &Sender<News>, what: News) -> Result<()> {
    news.send(what)
        .map_err(|_| anyhow!("the sweep was broken off"))
}
