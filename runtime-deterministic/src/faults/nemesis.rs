//! When something goes wrong, and when it is mended.
//!
//! It waits by a timer of the kernel and draws from a stream of its own: no task is made for it, and
//! where no faults are on there is none. It does what the test can do, to the hosts that the test
//! made.

use super::{FaultKind, Faults, mends::Mend};
use crate::{
    clock::nanos,
    draws::{Draws, Purpose},
    event::Event,
    kernel::{Due, Kernel},
    timers::Key,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

const PACE: Duration = Duration::from_millis(100);
const OUTAGE: Duration = Duration::from_secs(5);

/// What acts against the hosts.
pub(crate) struct Nemesis {
    pub(super) faults: Faults,
    pub(super) draws: Draws,
    /// Nanoseconds between two steps on average, and of an outage at most.
    pace: u64,
    outage: u64,
    /// When it ends.
    until: u64,
    /// When the next step is.
    step: u64,
    /// What is to be mended by when, each under a number of its own.
    pub(super) mends: BTreeMap<(u64, u32), Mend>,
    made: u32,
    timer: Option<Key>,
}

impl Nemesis {
    /// Whoever does what these faults say, if there is anything to do.
    pub(crate) fn new(faults: &Faults, seed: u64) -> Option<Box<Self>> {
        let faults = faults.clone().without([FaultKind::Buggify]);
        if faults.is_none() {
            return None;
        }
        let time = |time: Option<Duration>, default| nanos(time.unwrap_or(default));
        Some(Box::new(Self {
            pace: time(faults.pace, PACE).min(1 << 62),
            outage: time(faults.outage, OUTAGE).min(1 << 62),
            until: time(faults.until, Duration::MAX),
            step: 0,
            mends: BTreeMap::new(),
            made: 0,
            timer: None,
            draws: Draws::new(seed, Purpose::Nemesis),
            faults,
        }))
    }

    /// Remembers what is to be mended, after a random time.
    pub(super) fn mend_later(&mut self, now: u64, mend: Mend) {
        let at = now.saturating_add(self.draws.within(1..=self.outage));
        self.made += 1;
        self.mends.insert((at, self.made), mend);
    }

    /// Takes what is to be mended by now.
    fn due(&mut self, now: u64) -> Option<Mend> {
        let first = self.mends.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    fn choose_step(&mut self, now: u64) {
        let pause = self.draws.within(1..=self.pace.saturating_mul(2));
        self.step = now.saturating_add(pause);
    }
}

impl Kernel {
    /// Faults begin with the run.
    pub(crate) fn start_nemesis(&mut self) {
        self.with_nemesis(|_, nemesis| nemesis.choose_step(0));
        self.await_nemesis();
    }

    /// The nemesis looks at the world, and does what is due.
    pub(crate) fn wake_nemesis(&mut self) {
        let now = self.now;
        let mut mended = false;
        while let Some(mend) = self.with_nemesis(|_, nemesis| nemesis.due(now)).flatten() {
            self.mend(mend);
            mended = true;
        }
        // Where everything waits for nothing, it is the program that is stuck: a deadlock.
        if !mended && self.is_stuck() {
            return self.await_mend();
        }
        let ends = self.with_nemesis(|_, nemesis| now >= nemesis.until);
        if ends == Some(true) {
            return self.calm();
        }
        self.with_nemesis(|kernel, nemesis| {
            // A step that is past was left out, since all was stuck: to strike in its place, each time
            // that something is mended, would leave something to mend for ever.
            if now == nemesis.step {
                nemesis.strike(kernel);
            }
            if now >= nemesis.step {
                nemesis.choose_step(now);
            }
        });
        self.await_nemesis();
    }

    /// Ends all faults, and mends what they did.
    pub(crate) fn calm(&mut self) {
        self.note(Event::Calm {});
        if let Some(sites) = &mut self.sites {
            sites.calm();
        }
        let Some(nemesis) = self.nemesis.take() else {
            return;
        };
        if let Some(timer) = nemesis.timer {
            self.timers.cancel(timer);
        }
        nemesis.mends.into_values().for_each(|mend| self.mend(mend));
    }

    /// Hosts that the nemesis is to leave alone.
    pub(super) fn spare(&mut self, hosts: BTreeSet<u32>) {
        self.spared.extend(hosts);
    }

    /// What a host had made durable is not what it was. Hosts that may not be damaged any more get
    /// well.
    pub(crate) fn damaged(&mut self, host: u32) {
        if self.budgets.damage(host) {
            self.with_nemesis(|kernel, nemesis| nemesis.keep_budgets(kernel));
        }
    }

    /// Lends the nemesis out, if there is one.
    fn with_nemesis<R>(&mut self, f: impl FnOnce(&mut Self, &mut Nemesis) -> R) -> Option<R> {
        let mut nemesis = self.nemesis.take()?;
        let result = f(self, &mut nemesis);
        self.nemesis = Some(nemesis);
        Some(result)
    }

    fn await_nemesis(&mut self) {
        self.with_nemesis(|kernel, nemesis| {
            let mend = nemesis.mends.first_key_value().map(|((at, _), _)| *at);
            let next = nemesis.step.min(nemesis.until);
            let at = mend.map_or(next, |mend| mend.min(next));
            nemesis.timer = Some(kernel.timers.insert(at, Due::Nemesis));
        });
    }

    /// As [`await_nemesis`](Self::await_nemesis), for nothing but mends.
    fn await_mend(&mut self) {
        self.with_nemesis(|kernel, nemesis| {
            let mend = nemesis.mends.first_key_value().map(|((at, _), _)| *at);
            nemesis.timer = mend.map(|at| kernel.timers.insert(at, Due::Nemesis));
        });
    }
}
