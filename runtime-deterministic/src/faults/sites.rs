//! Sites and knobs of libraries that ask to be made to misbehave.
//!
//! Each has a random stream of its own, by its name: one more site moves no other.

use super::FaultKind;
use crate::{
    Ratio,
    draws::{Draws, Purpose},
    event::Event,
    kernel::Kernel,
};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// How many sites and knobs are active in a seed, as in FoundationDB.
const ACTIVE: Ratio = Ratio::new(1, 4);

/// What is known of the sites and knobs that were asked for so far.
pub(crate) struct Sites {
    seed: u64,
    /// How often an active site misbehaves; never, once all is calm.
    share: Ratio,
    sites: BTreeMap<&'static str, Option<Draws>>,
    knobs: BTreeMap<&'static str, Option<u64>>,
}

impl Sites {
    pub(crate) fn new(share: Ratio, seed: u64) -> Option<Box<Self>> {
        (share != Ratio::NEVER).then(|| {
            Box::new(Self {
                seed,
                share,
                sites: BTreeMap::new(),
                knobs: BTreeMap::new(),
            })
        })
    }

    pub(super) fn calm(&mut self) {
        self.share = Ratio::NEVER;
    }

    fn strikes(&mut self, site: &'static str) -> bool {
        let (seed, share) = (self.seed, self.share);
        let draws = self.sites.entry(site).or_insert_with(|| {
            let mut draws = Draws::new(seed, Purpose::Site(site));
            draws.happens(ACTIVE).then_some(draws)
        });
        draws.as_mut().is_some_and(|draws| draws.happens(share))
    }

    /// The knob's value if it is turned, and whether that is new.
    fn turn(&mut self, knob: &'static str, range: RangeInclusive<u64>) -> (Option<u64>, bool) {
        let new = !self.knobs.contains_key(knob);
        let value = *self.knobs.entry(knob).or_insert_with(|| {
            let mut draws = Draws::new(self.seed, Purpose::Knob(knob));
            draws.happens(ACTIVE).then(|| extreme(&mut draws, range))
        });
        (value, new)
    }
}

/// One of the ends as likely as all between: what breaks at a bound is found at it.
fn extreme(draws: &mut Draws, range: RangeInclusive<u64>) -> u64 {
    let (low, high) = (*range.start(), *range.end());
    match draws.below(4) {
        _ if low >= high => low,
        0 => low,
        1 => high,
        _ => draws.within(low..=high.min(u64::MAX - 1)),
    }
}

impl Kernel {
    pub(crate) fn buggify(&mut self, site: &'static str) -> bool {
        let strikes = self.sites.as_mut().is_some_and(|sites| sites.strikes(site));
        if strikes {
            self.fired.add(FaultKind::Buggify);
            self.note(Event::Buggify { site });
        }
        strikes
    }

    /// The value of a knob, if it is turned.
    pub(crate) fn knob(&mut self, knob: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let (value, new) = self.sites.as_mut()?.turn(knob, range);
        if let Some(value) = value.filter(|_| new) {
            self.fired.add(FaultKind::Buggify);
            self.note(Event::Knob { knob, value });
        }
        value
    }
}
