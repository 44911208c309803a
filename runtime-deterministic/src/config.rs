//! What a run is given.

use crate::{
    Faults, PayloadHash, Record, Schedule,
    clock::{YEAR_10000, nanos},
};
use runtime_traits::Panics;
use std::time::{Duration, SystemTime};

/// How a simulation runs. Two runs with equal configurations and equal programs are equal.
///
/// ```
/// use runtime_deterministic::{Config, Executor};
/// use std::time::Duration;
///
/// let mut config = Config::default();
/// config.seed = 7;
/// config.timeout = Some(Duration::from_secs(60));
/// let (runner, context, auditor) = Executor::init(config);
/// # let _ = (runner, context, auditor);
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Config {
    /// Decides everything that is left to chance. Default: 0.
    pub seed: u64,
    /// What the wall clocks show at the start, from 1970 to 9999. Default: 2026-01-01T00:00:00Z.
    pub start_time: SystemTime,
    /// The virtual time after which a run that has not ended panics, and says what each task waits for:
    /// more than zero, and less than 500 years of 365 days. Default: none.
    pub timeout: Option<Duration>,
    /// What a task's panic does. Default: it leaves [`Runner::start`](runtime_traits::Runner::start).
    /// Caught on a host, it crashes that host, as [`Crash::Reset`](crate::Crash::Reset) does; caught on the
    /// root host, it ends its task alone. The root's own always leaves `start`.
    pub panics: Panics,
    /// How often one task may be polled without virtual time moving: the run panics at the next poll. At
    /// least 1. Default: 1,000,000.
    pub poll_limit: u64,
    /// What goes wrong by itself, on the hosts that the test makes. Default: nothing.
    pub faults: Faults,
    /// Which of the tasks that are ready is polled next. Default: each is equally likely.
    pub schedule: Schedule,
    /// Which events are kept, for [`Auditor::log`](crate::Auditor::log). Default: none.
    pub record: Record,
    /// By which hash payloads of more than 32 bytes enter the audit. Default: XXH3.
    pub payload_hash: PayloadHash,
    /// How long a poll may take in real time before it is one of [`Auditor::sources`].
    /// Default: none, and no clock of the host is read.
    ///
    /// [`Auditor::sources`]: crate::Auditor::sources
    pub slow_poll: Option<Duration>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 0,
            start_time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600),
            timeout: None,
            panics: Panics::Propagate,
            poll_limit: 1_000_000,
            faults: Faults::none(),
            schedule: Schedule::Random,
            record: Record::Off,
            payload_hash: PayloadHash::Xxh3,
            slow_poll: None,
        }
    }
}

/// Why a [`Config`] cannot be used.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `poll_limit` is 0: no task could be polled.
    #[error("Config.poll_limit is 0, and no task could ever be polled: use at least 1")]
    PollLimit,
    /// `timeout` is 0, or more than virtual time can count.
    #[error("Config.timeout is {0:?}: use more than zero and less than 500 years, or None")]
    Timeout(Duration),
    /// `start_time` is before 1970 or after 9999.
    #[error("Config.start_time is {0:?}: use a time from 1970 to 9999")]
    StartTime(SystemTime),
    /// The pace or the longest outage of `faults` is 0: virtual time would not move.
    #[error("the pace or the outage of Config.faults is 0, in {0:?}: use at least 1ns")]
    Faults(String),
    /// The depth or the steps of `schedule` are out of their range.
    #[error("Config.schedule is `{0}`: use a depth from 1 to 100, and at least 1 step")]
    Schedule(Schedule),
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        const YEAR: u64 = 365 * 24 * 60 * 60;
        if self.poll_limit == 0 {
            return Err(ConfigError::PollLimit);
        }
        if let Some(limit) = self.timeout
            && !(1..nanos(Duration::from_secs(500 * YEAR))).contains(&nanos(limit))
        {
            return Err(ConfigError::Timeout(limit));
        }
        if self.faults.is_timeless() {
            return Err(ConfigError::Faults(self.faults.to_string()));
        }
        if !self.schedule.is_possible() {
            return Err(ConfigError::Schedule(self.schedule.clone()));
        }
        match self.start_time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) if since < YEAR_10000 => Ok(()),
            _ => Err(ConfigError::StartTime(self.start_time)),
        }
    }
}
