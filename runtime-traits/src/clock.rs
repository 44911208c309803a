//! Time: what it is, and waiting for it.

use crate::future::Timeout;
use std::time::{Duration, SystemTime};

/// The wall clock, the monotonic clock, and sleep.
///
/// Waiting is measured by the monotonic clock. A sleep never ends early by it, and nothing says how
/// late it may end: `runtime-tokio` rounds up to a millisecond, a simulator ends at the nanosecond.
/// Deadlines at least 5 ms apart end in their order. A dropped sleep costs no memory, so that a limit
/// of an hour around each request is as cheap as one of a second.
///
/// Both clocks can be read from any thread, before, during and after the run.
///
/// ```
/// use runtime_traits::Clock;
/// use std::time::Duration;
///
/// /// Beats every `period`, however long a beat takes: the next deadline is counted from the last
/// /// one, not from now.
/// async fn heartbeat<C: Clock>(clock: C, period: Duration, mut beat: impl FnMut()) {
///     let mut next = clock.monotonic();
///     loop {
///         next += period;
///         clock.sleep_until_monotonic(next).await;
///         beat();
///     }
/// }
/// ```
///
/// # After the end
/// Of the run, or of the life of a host that crashed, no sleep ends, whenever it was made and
/// whatever its deadline; so no [`timeout`](Self::timeout) strikes either. Nothing panics.
pub trait Clock: Clone + Send + Sync + 'static {
    /// What the sleeping calls return. It may be moved to another task, which it then wakes: at each
    /// time the one that polled it last.
    type Sleep: Future<Output = ()> + Send + Sync + 'static;

    /// The wall clock, for people and for other machines. It may jump in both directions, and that of
    /// another host may show any other time: a difference of two of its times is no duration.
    fn current(&self) -> SystemTime;

    /// The time since a fixed point at least a day before the start, so that `now - age` works for
    /// every `age` up to a day. It never goes back, on any thread.
    ///
    /// The point is another one in each run and on each host: the value means nothing in a file or a
    /// message.
    fn monotonic(&self) -> Duration;

    /// Ends `duration` after the call, not after the first poll. [`Duration::MAX`] never ends.
    /// [`Duration::ZERO`] does not wait; what gives way is [`reschedule`](crate::reschedule).
    fn sleep(&self, duration: Duration) -> Self::Sleep;

    /// Ends when the wall clock, as it stands at the call, would show `deadline`. Later jumps of
    /// the wall do not move it. A deadline in the past is ready at once; one that no clock can
    /// reach never ends.
    ///
    /// Whoever waits for a time of day, across jumps, sleeps in pieces and looks at
    /// [`current`](Self::current) after each.
    fn sleep_until(&self, deadline: SystemTime) -> Self::Sleep;

    /// Ends when [`monotonic`](Self::monotonic) shows `deadline`: at once when it is in the past,
    /// never when it is [`Duration::MAX`].
    fn sleep_until_monotonic(&self, deadline: Duration) -> Self::Sleep;

    /// Waits for `future`, for at most `limit` from now, not from the first poll.
    ///
    /// A future that is ready beats the limit, even one of zero. When the limit passes first the result
    /// is [`Error::Timeout`](crate::Error::Timeout), and `future` is dropped with the returned value:
    /// what is lost then is what its own cancellation loses. A future that is to go on is lent, as
    /// `&mut future`.
    ///
    /// A future that blocks its thread cannot be interrupted by this, nor by anything else.
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
