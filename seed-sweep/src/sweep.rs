//! The simulations over a range of seeds on all cores.
//!
//! A simulation runs in child processes, so that an abort or a hang costs one seed. What a child is
//! told and what it reports is in `child` and `protocol`.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::child::Desk;
use crate::outcome::{Outcome, settle};
use crate::plan::{Chunk, Plan, is_run_twice};
use crate::progress::Progress;
use crate::protocol::{Event, Run};
use crate::simulation::Simulation;
use crate::tally::Tally;

/// All that is needed to sweep.
#[derive(Debug)]
pub(crate) struct Sweep {
    pub(crate) simulations: Vec<Simulation>,
    pub(crate) seeds: Range<u64>,
    pub(crate) jobs: usize,
    pub(crate) patience: Duration,
    /// For the children's files; made for the sweep and removed after it.
    pub(crate) folder: PathBuf,
    /// How this sweep is called: what a replay line begins with.
    pub(crate) line: &'static str,
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
    pub(crate) fn run(&self) -> Result<Tally> {
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
            self.line,
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
