//! A schedule in one line of text, and back.

use super::Schedule;
use std::{fmt, str::FromStr};

/// What `pct` alone means.
const DEPTH: u32 = 3;
const STEPS: u32 = 1_000;

/// Why something is no [`Schedule`].
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A text that is not understood.
    #[error(
        "{0:?} is no schedule: use `random`, `fifo`, `weighted`, `pct depth=3 steps=1000`, `drawn`, \
         or `replay=` and the tasks' numbers in the order of their polls: `replay=0,1,1,0`"
    )]
    Text(String),
    /// A log whose first events, so many, were not kept.
    #[error("the log has lost its first {0} events: record the run with Record::All")]
    Cut(u64),
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Random => f.write_str("random"),
            Self::Fifo => f.write_str("fifo"),
            Self::Weighted => f.write_str("weighted"),
            Self::Pct { depth, steps } => write!(f, "pct depth={depth} steps={steps}"),
            Self::Drawn => f.write_str("drawn"),
            Self::Replay(polls) => {
                let polls: Vec<_> = polls.iter().map(ToString::to_string).collect();
                write!(f, "replay={}", polls.join(","))
            }
        }
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        parse(text.trim()).ok_or_else(|| ScheduleError::Text(text.into()))
    }
}

fn parse(text: &str) -> Option<Schedule> {
    match text {
        "random" => return Some(Schedule::Random),
        "fifo" => return Some(Schedule::Fifo),
        "weighted" => return Some(Schedule::Weighted),
        "drawn" => return Some(Schedule::Drawn),
        _ => {}
    }
    if let Some(polls) = text.strip_prefix("replay=") {
        let polls = polls.split_terminator(',').map(|task| task.parse().ok());
        return polls.collect::<Option<_>>().map(Schedule::Replay);
    }
    let mut words = text.split_whitespace();
    let (mut depth, mut steps) = (None, None);
    words.next().filter(|word| *word == "pct")?;
    for word in words {
        let (name, value) = word.split_once('=')?;
        let place = match name {
            "depth" => &mut depth,
            "steps" => &mut steps,
            _ => return None,
        };
        let value = value.parse().ok()?;
        if place.replace(value).is_some() {
            return None;
        }
    }
    let (depth, steps) = (depth.unwrap_or(DEPTH), steps.unwrap_or(STEPS));
    Some(Schedule::Pct { depth, steps }).filter(Schedule::is_possible)
}
