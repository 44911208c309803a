//! Who is polled next when several tasks are ready: what a test asks for, and what a seed draws.
//!
//! Each policy has a file; none knows what a task does.

mod fifo;
mod pct;
mod replay;
mod text;
mod weighted;

pub use text::ScheduleError;

use crate::{
    Log,
    draws::{Draws, Purpose},
    ready::ReadySet,
};
use std::sync::Arc;

/// Which of the tasks that are ready is polled next. The default is [`Random`](Self::Random).
///
/// A choice depends on the seed and on which tasks are ready, by their numbers: in which order they
/// were woken does not matter. Virtual time moves only when no task is ready, so a schedule decides
/// among what happens at one instant.
///
/// It prints in one line, which parses back to the same and gives the same run:
///
/// ```
/// use runtime_deterministic::{Config, Executor, Schedule};
///
/// let mut config = Config::default();
/// config.schedule = Schedule::Pct { depth: 3, steps: 1_000 };
/// assert_eq!(config.schedule.to_string(), "pct depth=3 steps=1000");
/// assert_eq!(config.schedule.to_string().parse(), Ok(config.schedule.clone()));
/// let (runner, context, auditor) = Executor::init(config);
/// # let _ = (runner, context, auditor);
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Schedule {
    /// Each ready task is equally likely.
    #[default]
    Random,
    /// Who became ready first. Tasks that became ready between two polls come in the order of their
    /// numbers. No chance is left: a program runs in this order in every seed, as on an executor with
    /// one queue.
    Fifo,
    /// Each task has a weight, drawn when it is spawned, and is that much less likely to be chosen: 1,
    /// 1/4, 1/16 or 1/64. So some starve while others run.
    Weighted,
    /// Each task has a priority, drawn when it is spawned, and the highest is polled. At `depth - 1`
    /// random choices among the first `steps`, the task that would be polled becomes the least
    /// (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic
    /// guarantees of finding bugs", 2010).
    ///
    /// A mistake that shows when `depth` events have one order shows in at least one seed of
    /// `tasks * steps.pow(depth - 1)`, if a run makes at most `steps` choices among several tasks. A
    /// run that makes more is none the worse, but has its changes early. After 10,000 choices at one
    /// instant each chosen task becomes the least, so that a loop that waits for another task ends.
    Pct {
        /// How many events must have one order for the mistake to show. From 1 to 100.
        depth: u32,
        /// How many choices among several tasks a run makes, about or at most. At least 1.
        steps: u32,
    },
    /// The tasks' numbers in the order in which they were polled: of a recorded run by
    /// [`Schedule::replay`]. A program that cannot be polled so panics, and says where.
    Replay(Arc<[u32]>),
    /// Drawn for each seed: one in two is random, one in four weighted, one in four has priorities.
    ///
    /// Priorities have a depth of 1 to 4, and 16 to 16,384 steps.
    ///
    /// It is for programs in which much happens at one instant: a reader that starves for 30 steps of its
    /// writer shows in more than one seed of ten, where at random it practically never does. But an update
    /// that is lost between two tasks shows in fewer seeds than at random. So it is not the default:
    ///
    /// ```
    /// use runtime_deterministic::{Context, Schedule, simulate};
    ///
    /// # fn main() {}
    /// #[simulate(schedule = Schedule::Drawn)]
    /// async fn nobody_starves(context: Context) {
    ///     // ..
    ///     # drop(context);
    /// }
    /// ```
    Drawn,
}

/// What a [`Schedule::Drawn`] draws for priorities.
const DEPTHS: u32 = 4;
const LEAST_STEPS: u32 = 16;
const DOUBLED: u32 = 11;
/// Each costs a comparison at each choice.
const MOST_DEPTH: u32 = 100;

impl Schedule {
    /// The order of a run that was recorded, for the same program with the same seed and faults. It
    /// then ends in the same audit state.
    ///
    /// ```
    /// use runtime_deterministic::{Config, Executor, Record, Schedule};
    /// use runtime_traits::{Runner, Spawner};
    ///
    /// let run = |schedule| {
    ///     let mut config = Config::default();
    ///     (config.schedule, config.record) = (schedule, Record::All);
    ///     let (runner, context, auditor) = Executor::init(config);
    ///     runner.start(async move {
    ///         let tasks = [1, 2, 3].map(|n| context.spawn("task", async move { n }));
    ///         for task in tasks {
    ///             task.await.unwrap();
    ///         }
    ///     });
    ///     auditor
    /// };
    /// let recorded = run(Schedule::Weighted);
    /// let schedule = Schedule::replay(&recorded.log().unwrap())?;
    /// assert_eq!(run(schedule).state(), recorded.state());
    /// # Ok::<_, runtime_deterministic::ScheduleError>(())
    /// ```
    ///
    /// # Errors
    /// [`ScheduleError::Cut`] when the log keeps the last events alone.
    pub fn replay(log: &Log) -> Result<Self, ScheduleError> {
        match log.first() {
            0 => Ok(Self::Replay(log.polls().into())),
            first => Err(ScheduleError::Cut(first)),
        }
    }

    /// What a seed makes of it: where nothing is to be drawn, the same.
    pub(crate) fn draw(&self, seed: u64) -> Self {
        if *self != Self::Drawn {
            return self.clone();
        }
        let mut draws = Draws::new(seed, Purpose::Policy);
        match draws.below(4) {
            0 | 1 => Self::Random,
            2 => Self::Weighted,
            _ => Self::Pct {
                depth: 1 + draws.below(DEPTHS),
                steps: LEAST_STEPS << draws.below(DOUBLED),
            },
        }
    }

    /// Whether its numbers make sense.
    pub(crate) fn is_possible(&self) -> bool {
        match self {
            Self::Pct { depth, steps } => (1..=MOST_DEPTH).contains(depth) && *steps > 0,
            _ => true,
        }
    }

    /// Who chooses; `None` where each ready task is equally likely, which the kernel does itself.
    pub(crate) fn policy(&self, seed: u64) -> Option<Box<dyn Policy>> {
        let draws = Draws::new(seed, Purpose::Schedule);
        Some(match self {
            Self::Random | Self::Drawn => return None,
            Self::Fifo => Box::<fifo::Fifo>::default(),
            Self::Weighted => Box::new(weighted::Weighted::new(draws)),
            Self::Pct { depth, steps } => Box::new(pct::Pct::new(*depth, *steps, draws)),
            Self::Replay(polls) => Box::new(replay::Replay::new(polls.clone())),
        })
    }
}

/// Chooses among the tasks that are ready. It is told what it may go by, and not who woke whom.
pub(crate) trait Policy: Send {
    /// A task was spawned, in a place where another may have been.
    fn spawned(&mut self, _task: u32) {}

    /// A task that was not ready is.
    fn ready(&mut self, _task: u32) {}

    /// One of the tasks that are ready, of which there is one at least. The error says why nobody can
    /// be chosen, and what to do.
    fn choose(&mut self, ready: &ReadySet, now: u64) -> Result<u32, String>;

    /// The run has ended as it should. The error says why it should not have.
    fn end(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The place of a task among those that a policy keeps by number.
fn place<T: Clone + Default>(of: &mut Vec<T>, task: u32) -> &mut T {
    let place = task as usize;
    if place >= of.len() {
        of.resize(place + 1, T::default());
    }
    &mut of[place]
}

#[cfg(test)]
mod tests;
