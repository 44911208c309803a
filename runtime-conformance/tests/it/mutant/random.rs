//! Randomness with a hole in it.

use super::{Backend, Mutant, draw};
use crate::defect::{audit, random, simulation};
use runtime_traits::{Buggify, Random};
use std::ops::RangeInclusive;

impl<C: Backend> Random for Mutant<C> {
    fn fill(&self, buf: &mut [u8]) {
        let lost = self.flaw.ended() && self.flaw.is(random::randomness_outlives_its_run);
        assert!(!lost, "the run is over");
        self.inner.fill(buf);
        if let Some(last) = buf.last_mut()
            && self.flaw.is(random::fill_fills_the_whole_buffer)
        {
            *last = 0;
        }
    }

    fn next_u64(&self) -> u64 {
        let kept = match self.flaw.is(random::next_u64_draws_every_bit) {
            true => u64::MAX >> 1,
            false => u64::MAX,
        };
        let moved = match self.flaw.is(simulation::the_same_seed_draws_the_same) {
            true => draw(),
            false => 0,
        };
        let drawn = (self.inner.next_u64() ^ moved) & kept;
        self.flaw
            .note(audit::a_drawn_value_shows, drawn.to_le_bytes());
        drawn
    }
}

impl<C: Backend> Buggify for Mutant<C> {
    fn buggify(&self, site: &'static str) -> bool {
        let broken = self.flaw.ended() && self.flaw.is(random::buggify_may_be_asked_anywhere);
        assert!(!broken, "the run is over");
        self.inner.buggify(site)
    }

    fn knob(&self, name: &'static str, default: u64, extremes: RangeInclusive<u64>) -> u64 {
        let turned = u64::from(self.flaw.is(random::a_knob_has_one_value));
        self.inner.knob(name, default, extremes) + turned
    }
}
