//! What goes wrong by itself: nothing, what the test names, or what the seed draws.
//!
//! This file knows what is chosen. Who does it is the nemesis.

mod acts;
mod budget;
mod draw;
mod driver;
mod kind;
mod mends;
mod nemesis;
mod sites;
mod text;

pub(crate) use budget::Budgets;
pub use kind::FaultKind;
pub(crate) use kind::Fired;
pub(crate) use nemesis::Nemesis;
pub(crate) use sites::Sites;
pub use text::FaultsError;

use crate::Ratio;
use std::{collections::BTreeMap, time::Duration};

/// Which faults a run has. The default is none.
///
/// Faults come in steps: after each pause of `pace` on average every kind that is on strikes with
/// its share, a random target with a random force, and what goes wrong is mended after a random
/// time of at most `outage`. All of it is drawn from the seed, from a stream of its own. After
/// `until` everything is mended and nothing more happens.
///
/// Faults strike the hosts that the test has made, and `root`'s links. But for one crash in four, which is
/// of all hosts, they take one down only while those that are up stay the more, so that programs of
/// replicas get somewhere; of one host or two, one.
///
/// It prints in one line, which parses back to the same and gives the same run:
///
/// ```
/// use runtime_deterministic::{FaultKind, Faults, Ratio};
/// use std::time::Duration;
///
/// let faults = Faults::of([
///     (FaultKind::Crash, Ratio::new(1, 10)),
///     (FaultKind::Partition, Ratio::new(1, 4)),
/// ])
/// .pace(Duration::from_millis(20))
/// .outage(Duration::from_secs(2));
/// assert_eq!(faults.to_string(), "crash=1/10 partition=1/4 pace=20ms outage=2s");
/// assert_eq!(faults.to_string().parse(), Ok(faults));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The shares are drawn from the seed, and the kinds among those here.
    drawn: bool,
    kinds: BTreeMap<FaultKind, Ratio>,
    pace: Option<Duration>,
    outage: Option<Duration>,
    until: Option<Duration>,
}

impl Faults {
    /// Nothing goes wrong but what the test does.
    pub fn none() -> Self {
        Self::default()
    }

    /// Faults drawn from the seed: of all kinds a random subset, at random shares, pace and length.
    ///
    /// One seed in ten has none, and one in four few: one to three kinds. Too many faults hide bugs,
    /// since a program that never gets far does little wrong. The others have each kind with the
    /// same probability, which is a quarter, a half or three quarters. By themselves they end within
    /// 103 s of virtual time.
    ///
    /// ```
    /// use runtime_deterministic::{Context, Faults, simulate};
    /// use runtime_traits::{Clock, Error, Network, Sink, Stream, Listener};
    /// use std::{net::SocketAddr, time::Duration};
    ///
    /// async fn greet(context: Context) -> Result<(), Error> {
    ///     let mut listener = context.bind(SocketAddr::new(context.addr(), 80)).await?;
    ///     loop {
    ///         let (_, mut sink, _) = listener.accept().await?;
    ///         let _ = sink.send(b"hello").await;
    ///     }
    /// }
    ///
    /// # fn main() {}
    /// #[simulate(faults = Faults::drawn(), seeds = 0..20)]
    /// async fn a_server_that_had_a_bad_day_answers(context: Context) {
    ///     let world = context.world();
    ///     let server = world.host("server", greet).unwrap();
    ///     context.sleep(Duration::from_secs(10)).await;
    ///
    ///     world.calm();
    ///     context.sleep(Duration::from_secs(1)).await;
    ///     let socket = SocketAddr::new(server.addr(), 80);
    ///     let (_, mut stream) = context.dial(socket).await.unwrap();
    ///     let mut greeting = [0; 5];
    ///     stream.recv(&mut greeting).await.unwrap();
    ///     assert_eq!(&greeting, b"hello");
    /// }
    /// ```
    pub fn drawn() -> Self {
        Self::drawn_from(FaultKind::ALL.iter().copied())
    }

    /// As [`drawn`](Self::drawn), of these kinds alone.
    pub fn drawn_from(kinds: impl IntoIterator<Item = FaultKind>) -> Self {
        let kinds = kinds.into_iter().map(|kind| (kind, Ratio::ALWAYS));
        let kinds: BTreeMap<_, _> = kinds.collect();
        Self {
            drawn: !kinds.is_empty(),
            kinds,
            ..Self::default()
        }
    }

    /// These kinds, in every seed, each with its share: how often it strikes at a step. For
    /// [`FaultKind::Buggify`] it is how often an active site misbehaves when it is asked.
    pub fn of(kinds: impl IntoIterator<Item = (FaultKind, Ratio)>) -> Self {
        let kinds = kinds.into_iter();
        Self {
            kinds: kinds.filter(|(_, share)| *share != Ratio::NEVER).collect(),
            ..Self::default()
        }
    }

    /// The same without these kinds.
    #[must_use]
    pub fn without(mut self, kinds: impl IntoIterator<Item = FaultKind>) -> Self {
        for kind in kinds {
            self.kinds.remove(&kind);
        }
        self.drawn &= !self.kinds.is_empty();
        self
    }

    /// How long it is between two steps on average. Default: 100 ms; where faults are drawn, 1 ms to
    /// 512 ms.
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = Some(pace);
        self
    }

    /// How long it takes at most until something is mended. Default: 5 s; where faults are drawn,
    /// 1 ms to 8.2 s.
    #[must_use]
    pub fn outage(mut self, longest: Duration) -> Self {
        self.outage = Some(longest);
        self
    }

    /// The virtual time since the start at which all faults end, as with
    /// [`World::calm`](crate::World::calm). Default: never; where faults are drawn, 100 ms to 103 s.
    #[must_use]
    pub fn until(mut self, end: Duration) -> Self {
        self.until = Some(end);
        self
    }

    /// The kinds that are on, and their shares. Of faults that are yet to be drawn, the kinds that
    /// may be.
    pub fn kinds(&self) -> impl Iterator<Item = (FaultKind, Ratio)> {
        self.kinds.iter().map(|(kind, share)| (*kind, *share))
    }

    /// Whether nothing goes wrong.
    pub fn is_none(&self) -> bool {
        self.kinds.is_empty()
    }

    pub(crate) fn share(&self, kind: FaultKind) -> Ratio {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }

    /// A pace or an outage of nothing would leave no time in between.
    pub(crate) fn is_timeless(&self) -> bool {
        [self.pace, self.outage].contains(&Some(Duration::ZERO))
    }
}

#[cfg(test)]
mod tests;
