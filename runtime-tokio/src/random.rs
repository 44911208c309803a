//! Randomness from the operating system.

use crate::Context;
use runtime_traits::Random;
use std::convert::Infallible;

/// # Panics
/// When the system's source of randomness fails: there is no safe way on.
impl Random for Context {
    fn fill(&self, buf: &mut [u8]) {
        getrandom::fill(buf)
            .unwrap_or_else(|error| panic!("the system gives no randomness: {error}"));
    }

    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_ne_bytes(bytes)
    }
}

impl rand_core::TryRng for Context {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_ne_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(Random::next_u64(self))
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        self.fill(dst);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Context {}
