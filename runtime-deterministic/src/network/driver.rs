//! The test's hand on the network: what [`World`](crate::World) can do to the ways between hosts.

use crate::{Context, clock::nanos, event::Event, kernel::Kernel};
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
        let (low, high) = (nanos(*range.start()), nanos(*range.end()));
        self.drive(|kernel| {
            let [from, to] = self.hosts;
            kernel.note(Event::Latency {
                hosts: self.hosts,
                names: [&self.names[0], &self.names[1]],
                nanos: [low, high],
            });
            kernel.switch.lines.line(from, to).set_latency(low, high);
        })
    }

    fn drive(&self, f: impl FnOnce(&mut Kernel)) -> &Self {
        // A link that outlives the run has nothing to act on.
        let _ = self.root.with(f);
        self
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = &self.names;
        write!(f, "Link({from} -> {to})")
    }
}
