//! Pieces of work that are the same on every runtime.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

/// Polls `future` once, as a time-out does whose call is answered, and drops it.
pub async fn begun(future: impl Future) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// How long the sleep `number` of a task is in the workload of random deadlines: up to 2 ms.
#[must_use]
pub fn length(task: u64, number: u64) -> Duration {
    // SplitMix64: no generator of any runtime's, and the same lengths for all.
    let mut mixed = (task << 32 | number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Duration::from_nanos((mixed ^ (mixed >> 31)) % 2_000_000)
}
