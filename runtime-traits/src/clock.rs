//! Time: what it is, and waiting for it.

use crate::future::Timeout;
use std::time::{Duration, SystemTime};

/// The wall clock, the monotonic clock, and sleep.
///
/// Waiting is measured by the monotonic clock. A sleep never ends early by it; deadlines at least
/// 5 ms apart end in their order. A dropped sleep costs no memory.
pub trait Clock: Clone + Send + Sync + 'static {
    /// What the sleeping calls return. It may be moved to another task, which it then wakes.
    type Sleep: Future<Output = ()> + Send + Sync + 'static;

    /// The wall clock, for people and for other machines. It may jump in both directions.
    fn current(&self) -> SystemTime;

    /// The time since a fixed point at least a day before the start, so that `now - age` works.
    /// It never goes back.
    fn monotonic(&self) -> Duration;

    /// Ends `duration` after the call, not after the first poll.
    ///
    /// After the runtime's end it never ends.
    fn sleep(&self, duration: Duration) -> Self::Sleep;

    /// Ends when the wall clock, as it stands at the call, would show `deadline`. Later jumps of
    /// the wall do not move it. A deadline in the past is ready at once; one that no clock can
    /// reach never ends.
    fn sleep_until(&self, deadline: SystemTime) -> Self::Sleep;

    /// Ends when [`monotonic`](Self::monotonic) shows `deadline`.
    fn sleep_until_monotonic(&self, deadline: Duration) -> Self::Sleep;

    /// Waits for `future`, for at most `limit` from now.
    ///
    /// A future that is ready beats the limit. When the limit passes first the result is
    /// [`Error::Timeout`](crate::Error::Timeout), and `future` is dropped with the returned value.
    ///
    /// ```
    /// use runtime_traits::{Clock, Error, Stream};
    /// use std::time::Duration;
    ///
    /// async fn byte<C: Clock>(clock: C, stream: &mut impl Stream) -> Result<u8, Error> {
    ///     let mut byte = [0];
    ///     clock.timeout(Duration::from_secs(1), stream.recv(&mut byte)).await??;
    ///     Ok(byte[0])
    /// }
    /// ```
    fn timeout<F: Future>(&self, limit: Duration, future: F) -> Timeout<F, Self::Sleep> {
        Timeout::new(future, self.sleep(limit))
    }
}
