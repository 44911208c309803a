//! Sleeps that tokio's timer cannot hold at once.

use super::STRETCH;
use crate::Executor;
use runtime_traits::{Clock, Runner};

#[test]
fn a_sleep_of_many_stretches_is_not_early() {
    let (runner, context) = Executor::default();
    runner.start(async {
        let begin = context.monotonic();
        context.sleep(10 * STRETCH).await;
        assert!(context.monotonic() >= begin + 10 * STRETCH);
    });
}
