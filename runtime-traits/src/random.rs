//! Randomness.

/// A source of random bytes: secure in production, drawn from the seed in a simulator.
///
/// Keys and nonces may be drawn from it, in production. What a simulator draws is known to everybody
/// who has the seed. It can be asked from any thread, before, during and after the run; a simulator
/// repeats only what the run's own tasks draw.
///
/// Contexts implement the traits of `rand_core` as well, for generators and distributions of the
/// `rand` family, and draw from the same source.
///
/// ```
/// use runtime_traits::Random;
/// use std::time::Duration;
///
/// /// Up to `most`, so that clients that failed together do not come back together.
/// fn pause<R: Random>(random: &R, most: Duration) -> Duration {
///     most.mul_f64(random.next_u64() as f64 / u64::MAX as f64)
/// }
/// ```
///
/// # Panics
/// In production both calls panic when the system gives no randomness: there is no safe way on.
pub trait Random: Clone + Send + Sync + 'static {
    /// Fills all of `buf`, of whatever length. It does not wait.
    fn fill(&self, buf: &mut [u8]);

    /// A number, each of the 2^64 equally likely.
    fn next_u64(&self) -> u64;
}
