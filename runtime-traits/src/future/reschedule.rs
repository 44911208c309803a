//! Giving way.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Gives way once, so that other tasks that are ready may run. In a simulator time does not move
/// meanwhile: a loop that waits by this for a sleep of another task waits for ever, and the simulator
/// calls it a livelock.
///
/// ```
/// # fn ready() -> bool { true }
/// async fn spin() {
///     while !ready() {
///         runtime_traits::reschedule().await;
///     }
/// }
/// ```
pub fn reschedule() -> Reschedule {
    Reschedule { gave_way: false }
}

/// What [`reschedule`] returns.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Reschedule {
    gave_way: bool,
}

impl Future for Reschedule {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.gave_way, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
