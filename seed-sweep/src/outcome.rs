//! How each seed of a chunk ended, from what its process reported and how the process itself ended.
//!
//! Pure: a death or a hang is charged to the seed that was running, and the seeds after it are
//! still to run.

use std::ops::Range;

use anyhow::{Result, bail};

use crate::child::{End, Finished};
use crate::protocol::{Event, Run, block};

/// How one seed ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    /// The first seed that its process ran.
    pub(crate) began: u64,
    /// Absent when the process died or hung.
    pub(crate) run: Option<Run>,
    pub(crate) failure: Option<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// One line, escaped; failures of one cause are shown once.
    pub(crate) cause: String,
    /// What to show for this seed.
    pub(crate) block: String,
}

/// How many of a dead process's last lines are shown.
const LAST_LINES: usize = 40;

/// Reads the outcomes off `finished`, which was to run `seeds`, and the seeds still to run.
pub(crate) fn settle(seeds: Range<u64>, finished: &Finished) -> Result<(Vec<Outcome>, Range<u64>)> {
    let mut outcomes = Vec::new();
    let mut rest = seeds.clone();
    let mut running = false;
    for event in &finished.events {
        let (Event::Start(seed)
        | Event::Passed(Run { seed, .. })
        | Event::Failed(Run { seed, .. }, _)) = event;
        let starts = matches!(event, Event::Start(_));
        if *seed != rest.start || rest.is_empty() || starts == running {
            bail!("a simulation that was to run seeds {seeds:?} in order reported {event:?}");
        }
        running = starts;
        if let Some(outcome) = Outcome::read(event, seeds.start, &finished.stderr) {
            outcomes.push(outcome);
            rest.start += 1;
        }
    }
    if matches!(finished.end, End::Stopped) {
        return Ok((outcomes, rest));
    }
    // A failure that is reported explains also an end while it was being described.
    let explained = !running && outcomes.last().is_some_and(Outcome::is_failed);
    let failed = outcomes.iter().any(Outcome::is_failed);
    let ended = rest.is_empty()
        && matches!(finished.end, End::Exited(status) if failed || status.success());
    if explained || ended {
        return Ok((outcomes, rest));
    }
    let culprit = rest.start.min(seeds.end - 1);
    let run = outcomes
        .pop_if(|outcome| outcome.seed == culprit)
        .and_then(|outcome| outcome.run);
    outcomes.push(Outcome {
        seed: culprit,
        began: seeds.start,
        run,
        failure: Some(Failure::of_process(finished, culprit)),
    });
    rest.start = culprit + 1;
    Ok((outcomes, rest))
}

impl Outcome {
    pub(crate) fn is_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Whether no other seed ran before it in its process.
    pub(crate) fn was_alone(&self) -> bool {
        self.seed == self.began
    }

    /// Shows, instead of the block alone, everything that was printed.
    pub(crate) fn show_all(&mut self, stderr: &str) {
        if let Some(failure) = self.failure.as_mut().filter(|_| !stderr.is_empty()) {
            failure.block = stderr.trim_end().to_owned();
        }
    }

    fn read(event: &Event, began: u64, stderr: &str) -> Option<Self> {
        let (run, failure) = match event {
            Event::Start(_) => return None,
            Event::Passed(run) => (run, None),
            Event::Failed(run, cause) => (run, Some(Failure::of_seed(stderr, run.seed, cause))),
        };
        Some(Self {
            seed: run.seed,
            began,
            run: Some(run.clone()),
            failure,
        })
    }
}

impl Failure {
    fn of_seed(stderr: &str, seed: u64, cause: &str) -> Self {
        let block = block(stderr, seed).map_or_else(|| last_lines(stderr), str::to_owned);
        Self {
            cause: cause.to_owned(),
            block,
        }
    }

    /// The process itself failed while `seed` ran, or, when every seed passed, after the last.
    fn of_process(finished: &Finished, seed: u64) -> Self {
        let passed = finished
            .events
            .iter()
            .any(|event| matches!(event, Event::Passed(run) if run.seed == seed));
        let cause = match finished.end {
            End::Hung(patience) => {
                format!("the process reported nothing for {patience:?} and was killed")
            }
            End::Stopped => "the sweep ended before the process".to_owned(),
            End::Exited(status) if out_of_memory(&finished.stderr) => {
                format!("the process ran out of memory: {status}")
            }
            End::Exited(status) if passed => {
                format!("every seed passed, then the process ended with {status}")
            }
            End::Exited(status) => format!("the process ended within the run: {status}"),
        };
        Self {
            cause,
            block: last_lines(&finished.stderr),
        }
    }
}

/// What the allocator of Rust says before it aborts.
fn out_of_memory(stderr: &str) -> bool {
    stderr
        .lines()
        .rev()
        .take(LAST_LINES)
        .any(|line| line.starts_with("memory allocation of ") && line.ends_with(" bytes failed"))
}

fn last_lines(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().collect();
    let shown = &lines[lines.len().saturating_sub(LAST_LINES)..];
    if shown.is_empty() {
        "(nothing on its standard error)".to_owned()
    } else {
        shown.join("\n")
    }
}
