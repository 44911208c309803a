//! How a run is made.

use crate::{Auditor, Config, ConfigError, Context, Runner, kernel::Kernel, kernel::Shared};
use runtime_traits::Tasks;
use std::time::Duration;

/// Makes simulations: a runner that runs one, a context to run it with, and an auditor to compare
/// it by.
#[derive(Debug)]
pub struct Executor;

impl Executor {
    /// A run with the default [`Config`].
    #[expect(
        clippy::should_implement_trait,
        reason = "a run is three things, as in `init`"
    )]
    pub fn default() -> (Runner, Context, Auditor) {
        Self::init(Config::default())
    }

    /// A run of one seed.
    pub fn seeded(seed: u64) -> (Runner, Context, Auditor) {
        Self::init(Config {
            seed,
            ..Config::default()
        })
    }

    /// A run that panics when it has not ended after `limit` of virtual time.
    ///
    /// # Panics
    /// When `limit` is 0, or 500 years of 365 days or more.
    pub fn timed(limit: Duration) -> (Runner, Context, Auditor) {
        Self::init(Config {
            timeout: Some(limit),
            ..Config::default()
        })
    }

    /// A run as `config` says.
    ///
    /// # Panics
    /// With the text of the [`ConfigError`] that [`try_init`](Self::try_init) returns.
    pub fn init(config: Config) -> (Runner, Context, Auditor) {
        Self::try_init(config).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A run as `config` says.
    ///
    /// # Errors
    /// [`ConfigError`] when a field is out of its range, by a variant for each.
    pub fn try_init(config: Config) -> Result<(Runner, Context, Auditor), ConfigError> {
        config.check()?;
        let labels = Tasks::new();
        let shared = Shared::new(config.seed, config.start_time, labels.clone());
        let kernel = Kernel::new(config, shared.clone(), labels);
        *shared.parked() = Some(kernel);
        let context = Context::new(shared.clone(), 0, 0);
        Ok((Runner::new(context.clone()), context, Auditor(shared)))
    }
}
