//! Drives a future, and decides the order of its `select!`s.

use runtime_traits::Current;
use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

/// Polls until the future is ready.
///
/// # Panics
/// When it still waits after 1,000 polls.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future still waits after 1,000 polls");
}

/// Pending for `polls` polls, then ready.
pub(crate) async fn ready_after(polls: usize) -> usize {
    let mut left = polls;
    poll_fn(|_| match left {
        0 => Poll::Ready(polls),
        _ => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Counts its polls and stays pending.
pub(crate) async fn count_polls(polls: &AtomicU64) -> u64 {
    poll_fn(|_| {
        polls.fetch_add(1, Relaxed);
        Poll::<()>::Pending
    })
    .await;
    unreachable!("pending for ever")
}

/// A run that draws its branch orders from `bits`.
pub(crate) fn run_with(bits: impl Fn() -> u64 + Send + Sync + 'static) -> Current {
    Current::root(()).with_order(bits)
}

/// A run, and how many branch orders it drew.
pub(crate) fn counting_run() -> (Current, Arc<AtomicU64>) {
    let draws = Arc::new(AtomicU64::new(0));
    let counted = draws.clone();
    let run = run_with(move || counted.fetch_add(1, Relaxed) << 60);
    (run, draws)
}

/// Xorshift64* (Vigna, 2016).
pub(crate) fn bits(seed: u64) -> impl Fn() -> u64 + Send + Sync {
    let state = AtomicU64::new(seed);
    move || {
        let mut x = state.load(Relaxed);
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        state.store(x, Relaxed);
        x.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}
