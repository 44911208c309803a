//! Randomness.

/// A source of random bytes: secure in production, drawn from the seed in a simulator.
pub trait Random: Clone + Send + Sync + 'static {
    /// Fills `buf`.
    fn fill(&self, buf: &mut [u8]);

    /// A number, each of the 2^64 equally likely.
    fn next_u64(&self) -> u64;
}
