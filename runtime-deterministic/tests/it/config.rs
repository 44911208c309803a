//! What a run may be given, and where it begins.

use runtime_deterministic::{Config, ConfigError, Executor, Faults};
use runtime_traits::{Clock, Runner};
use std::time::{Duration, SystemTime};

/// The last second of 9999, since 1970.
const LATEST: u64 = 253_402_300_799;

fn refused(change: impl FnOnce(&mut Config)) -> Option<ConfigError> {
    let mut config = Config::default();
    change(&mut config);
    Executor::try_init(config).err()
}

#[test]
fn the_clocks_begin_where_they_are_told() {
    for seconds in [0, 86_400, LATEST] {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let mut config = Config::default();
        config.start_time = start;
        let (runner, context, _) = Executor::init(config);
        runner.start(async {
            assert_eq!(context.current(), start);
            let host = context.world().host("db", async |_| ()).unwrap();
            assert_eq!(host.context().current(), start);
        });
    }
}

#[test]
fn a_start_outside_of_1970_to_9999_is_refused() {
    let epoch = SystemTime::UNIX_EPOCH;
    let latest = epoch + Duration::from_secs(LATEST);
    for start in [
        epoch - Duration::from_nanos(1),
        latest + Duration::from_secs(1),
    ] {
        let error = refused(|config| config.start_time = start);
        assert_eq!(error, Some(ConfigError::StartTime(start)));
    }
}

#[test]
fn a_limit_of_time_or_polls_out_of_range_is_refused() {
    let years = |years: u64| Duration::from_secs(years * 365 * 24 * 60 * 60);
    for limit in [Duration::ZERO, years(500), Duration::MAX] {
        let error = refused(|config| config.timeout = Some(limit));
        assert_eq!(error, Some(ConfigError::Timeout(limit)));
    }
    assert_eq!(refused(|config| config.timeout = Some(years(499))), None);
    let error = refused(|config| config.poll_limit = 0);
    assert_eq!(error, Some(ConfigError::PollLimit));
}

#[test]
fn faults_that_would_stop_time_are_refused() {
    let crashes = || "crash=1/10".parse::<Faults>().unwrap();
    for faults in [
        crashes().pace(Duration::ZERO),
        crashes().outage(Duration::ZERO),
    ] {
        let text = faults.to_string();
        let error = refused(|config| config.faults = faults);
        assert_eq!(error, Some(ConfigError::Faults(text)));
    }
}

#[test]
fn init_panics_with_the_text_of_the_error() {
    let mut config = Config::default();
    config.poll_limit = 0;
    let panic = std::panic::catch_unwind(|| drop(Executor::init(config))).unwrap_err();
    let text = ConfigError::PollLimit.to_string();
    assert_eq!(panic.downcast_ref::<String>(), Some(&text));
}
