//! Time that is not the context's.

use super::NO_RUNTIME;
use crate::ecosystem::replay::{MILLI, outcomes, panic_of};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Spawner};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime},
};
use tower::{ServiceBuilder, ServiceExt, retry::budget, service_fn};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn tokio_time() {
    let panics = [
        panic_of(async |_| tokio::time::sleep(MILLI).await),
        panic_of(async |_| tokio::time::timeout(MILLI, async {}).await),
        panic_of(async |_| tokio::time::interval(MILLI).tick().await),
    ];
    for panic in panics {
        assert_eq!(panic, NO_RUNTIME);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn tower_clocks() {
    let echo = || service_fn(async |number: u32| Ok::<_, tower::BoxError>(number));
    let limited = |_| {
        let builder = ServiceBuilder::new().timeout(MILLI);
        builder.service(echo()).oneshot(7)
    };
    assert_eq!(panic_of(limited), NO_RUNTIME);
    let slowed = |_| {
        let builder = ServiceBuilder::new().rate_limit(1, MILLI);
        builder.service(echo()).oneshot(7)
    };
    assert_eq!(panic_of(slowed), NO_RUNTIME);
}

/// A deposit is forgotten after a second of the host's, however much virtual time has passed.
#[test]
#[expect(clippy::disallowed_methods, reason = "it is the subject")]
fn tower_retry_budget() {
    use budget::{Budget, TpsBudget};
    let kept = outcomes(async |context: Context| {
        let budget = TpsBudget::new(Duration::from_secs(1), 0, 1.0);
        budget.deposit();
        context.sleep(HOUR).await;
        budget.withdraw()
    });
    assert!(
        kept.contains("true"),
        "a virtual hour later it still counts"
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn instant_now() {
    assert!(outcomes(async |_| Instant::now()).len() > 1);
    assert!(outcomes(async |_| tokio::time::Instant::now()).len() > 1);
    assert_eq!(
        outcomes(async |context: Context| context.monotonic()).len(),
        1
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it is the subject")]
fn system_time_now() {
    assert!(outcomes(async |_| SystemTime::now()).len() > 1);
    assert_eq!(
        outcomes(async |context: Context| context.current()).len(),
        1
    );
}

/// How many virtual hours pass until `event` does.
async fn hours_until(context: Context, event: impl Future) -> u64 {
    let hours = Arc::new(AtomicU64::new(0));
    let (clock, count) = (context.clone(), hours.clone());
    let ticks = context.spawn("hours", async move {
        loop {
            clock.sleep(HOUR).await;
            count.fetch_add(1, Relaxed);
        }
    });
    event.await;
    ticks.abort();
    hours.load(Relaxed)
}

/// A thread of its own wakes the task, sooner or later.
#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn timers_of_other_runtimes() {
    let real = outcomes(|context| hours_until(context, async_io::Timer::after(MILLI)));
    assert!(real.len() > 1, "{real:?}");
    let virtual_ = outcomes(|context| hours_until(context.clone(), context.sleep(HOUR * 5 / 2)));
    assert_eq!(virtual_, ["2".to_owned()].into());
    let alone = panic_of(async |_| async_io::Timer::after(HOUR).await);
    assert!(alone.starts_with("deadlock at 0.000000 ms"), "{alone}");
}
