//! The test's hand on the network: what [`World`](crate::World) can do to the ways between hosts.

use super::setting::Setting;
use crate::{Context, Ratio, clock::nanos};
use std::{fmt, ops::RangeInclusive, time::Duration};

/// The way from one host to another, in this direction only. Got from
/// [`World::link`](crate::World::link).
///
/// What is set holds for everything that leaves from then on, on connections that exist as well.
/// After the end of the run nothing is set.
pub struct Link {
    root: Context,
    hosts: [u32; 2],
    names: [String; 2],
}

impl Link {
    pub(crate) fn new(root: Context, hosts: [u32; 2], names: [&str; 2]) -> Self {
        let names = names.map(String::from);
        Self { root, hosts, names }
    }

    /// How long a segment or a datagram takes: each a time of its own, any in the range as likely
    /// as any other. The bounds may come in either order. A stream stays in order, as TCP is;
    /// datagrams overtake each other.
    ///
    /// Default: nothing within a host, 100 µs to 1 ms between hosts.
    ///
    /// ```
    /// # use runtime_deterministic::Executor;
    /// # use runtime_traits::Runner;
    /// # use std::{future::pending, time::Duration};
    /// # let (runner, context, _) = Executor::default();
    /// # runner.start(async move {
    /// let world = context.world();
    /// world.host("db", |_| pending::<()>())?;
    /// let ms = Duration::from_millis;
    /// world.link("root", "db")?.latency(ms(1)..=ms(5));
    /// world.link("db", "root")?.latency(ms(30)..=ms(30));
    /// # Ok::<_, runtime_deterministic::WorldError>(())
    /// # }).unwrap();
    /// ```
    pub fn latency(&self, range: RangeInclusive<Duration>) -> &Self {
        self.set(Setting::Latency(span(range)))
    }

    /// How many take longer than [`latency`](Self::latency) says, and by how much: the long tail.
    /// A segment of a stream delays those behind it; a datagram is overtaken.
    ///
    /// Default: none.
    pub fn tail(&self, share: Ratio, by: RangeInclusive<Duration>) -> &Self {
        self.set(Setting::Tail(share, span(by)))
    }

    /// How many bytes a second pass; 0 is without limit. What is sent takes its turn behind what
    /// was sent before, whatever the connection; the payload counts, headers do not. A datagram
    /// that finds 1,500,000 bytes waiting is lost: Linux's `txqueuelen` of 1,000 packets of 1,500 bytes.
    ///
    /// Default: without limit.
    pub fn bandwidth(&self, bytes_per_second: u64) -> &Self {
        self.set(Setting::Bandwidth(bytes_per_second))
    }

    /// How many segments and datagrams get lost. A datagram is gone. A stream loses no byte: its
    /// segment, and what is behind it, is sent again: after a round trip where something was sent
    /// behind it, whose answers tell of the loss; else after 200 ms, and if it gets lost again after
    /// twice that time, as TCP does, up to [the end](crate::World::partition).
    ///
    /// Default: none.
    pub fn loss(&self, share: Ratio) -> &Self {
        self.set(Setting::Loss(share))
    }

    /// How many datagrams arrive twice, the copy after a latency of its own. Streams take no harm.
    ///
    /// Default: none.
    pub fn duplicate(&self, share: Ratio) -> &Self {
        self.set(Setting::Duplicate(share))
    }

    /// How many datagrams are held up, and by how much, so that those behind overtake them. Streams
    /// take no harm.
    ///
    /// Default: none beside those that a range of latencies lets overtake.
    pub fn reorder(&self, share: Ratio, by: RangeInclusive<Duration>) -> &Self {
        self.set(Setting::Reorder(share, span(by)))
    }

    fn set(&self, setting: Setting) -> &Self {
        // A link that outlives the run has nothing to act on.
        let _ = self.root.with(|kernel| {
            kernel.link_is_set(self.hosts, &setting);
            kernel.set_way(self.hosts, setting)
        });
        self
    }
}

/// The longest time that a link can take: virtual time cannot count much more.
const LONGEST: u64 = 1 << 62;

/// A range in nanoseconds, whichever its lower bound.
fn span(range: RangeInclusive<Duration>) -> RangeInclusive<u64> {
    let [one, other] = [range.start(), range.end()].map(|bound| nanos(*bound).min(LONGEST));
    one.min(other)..=one.max(other)
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = &self.names;
        write!(f, "Link({from} -> {to})")
    }
}
