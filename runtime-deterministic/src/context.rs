//! What code inside a simulation holds: the traits, each handed to the part that does it.

use crate::{
    World,
    clock::{Elapse, NEVER, Sleep, nanos},
    event::Event,
    kernel::{Kernel, Shared, local},
    network::address,
    seat::Seat,
};
use runtime_traits::{
    Buggify, Clock, Current, Error, Handle, Here, Random, Resolver, Signal, Spawner, TaskCount,
};
use std::{
    convert::Infallible,
    fmt,
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr},
    ops::RangeInclusive,
    panic::Location,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// How far the monotonic clock is ahead at the start, so that `now - age` works.
const HEAD_START: Duration = Duration::from_secs(24 * 60 * 60);

/// A simulated runtime, as one host sees it. It is that of one life of the host: once the host
/// crashed or the run ended, its fallible calls yield [`Error::Closed`].
///
/// Random bytes are the seed's, each host's from a stream of its own: they are secret to nobody, although
/// the trait for cryptography is there, so that code that asks for it can be simulated.
#[derive(Clone)]
pub struct Context {
    pub(crate) shared: Arc<Shared>,
    pub(crate) host: u32,
    pub(crate) life: u32,
}

impl Context {
    pub(crate) fn new(shared: Arc<Shared>, host: u32, life: u32) -> Self {
        Self { shared, host, life }
    }

    /// The other hosts, and what goes wrong with them: for the test, not for what is tested.
    ///
    /// # Panics
    /// When this is not the root's context.
    pub fn world(&self) -> World {
        assert!(
            self.host == 0,
            "only the root's context drives the world; pass what it makes"
        );
        World::new(self.clone())
    }

    /// The address of this host, the same in each of its lives: of 10.0.0.0/8, in the order in which hosts
    /// were made, the root first.
    pub fn addr(&self) -> IpAddr {
        address(self.host)
    }

    /// The tasks of this host's life by label, ascending, blocking work among them; none once it is over.
    pub fn tasks(&self) -> Vec<TaskCount> {
        let lasts = self.is_elsewhere() || self.with(|_| ()).is_ok();
        let labels = lasts.then(|| self.shared.labels(self.host, self.life));
        let counts = labels.flatten().map(|labels| labels.counts());
        counts.unwrap_or_default()
    }

    /// By numbers.
    #[inline]
    pub(crate) fn seat(&self) -> Seat {
        Seat {
            run: self.shared.run,
            host: self.host,
            life: self.life,
        }
    }

    /// The kernel, while this life of the host lasts.
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Kernel) -> R) -> Result<R, Error> {
        self.seat().with(f)
    }

    /// Lets virtual time pass; no time passes within a host.
    pub(crate) async fn elapse(&self, nanos: u64) -> Result<(), Error> {
        if nanos > 0 {
            let deadline = self.shared.now().saturating_add(nanos);
            Elapse::until(self, deadline).await?;
        }
        self.with(|_| ())
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
            && (self.host, self.life) == (other.host, other.life)
    }

    /// What a task carries that is the first of its process.
    pub(crate) fn root_current(self) -> Current {
        let labels = local::with(&self.shared, |kernel| {
            kernel.hosts[self.host as usize].labels.take()
        });
        let labels = labels.flatten();
        let labels = labels.or_else(|| self.shared.labels(self.host, self.life));
        Current::root(self)
            .with_tasks(labels.unwrap_or_default())
            .with_order(draw_order)
    }

    fn child_current(&self, label: &str) -> Current {
        let child = Current::child_where(label, |polled: &Self| polled.is(self));
        child.unwrap_or_else(|| self.clone().root_current().enter(|| Current::child(label)))
    }
}

/// 64 bits for the order of a `select!` of the polled task. It finds its run by itself: so it takes no
/// room in what a task carries.
fn draw_order() -> u64 {
    let run = Current::with_context(|polled: &Context| polled.shared.run);
    let drawn = run.and_then(|run| local::with_run(run, |kernel| kernel.draw_order()));
    drawn.unwrap_or(0)
}

impl Spawner for Context {
    #[track_caller]
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let current = self.child_current(label);
        self.seat().spawn(current, future, Location::caller())
    }

    fn stop(&self, value: i32) {
        let Self { host, life, .. } = *self;
        if local::with(&self.shared, |kernel| kernel.stop(host, life, value)).is_none() {
            self.shared.stop_from_afar(host, life, value);
        }
    }

    fn stopped(&self) -> Signal {
        self.shared.stopped(self.host, self.life)
    }
}

impl Clock for Context {
    type Sleep = Sleep;

    fn current(&self) -> SystemTime {
        self.shared.wall(self.host)
    }

    fn monotonic(&self) -> Duration {
        HEAD_START + Duration::from_nanos(self.shared.monotonic(self.host))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::until(
            self,
            self.shared
                .monotonic(self.host)
                .saturating_add(nanos(duration)),
        )
    }

    fn sleep_until(&self, deadline: SystemTime) -> Sleep {
        let left = deadline.duration_since(self.current()).unwrap_or_default();
        self.sleep(left)
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> Sleep {
        let since_start = nanos(deadline.saturating_sub(HEAD_START));
        Sleep::until(
            self,
            if deadline == Duration::MAX {
                NEVER
            } else {
                since_start
            },
        )
    }
}

impl Random for Context {
    fn fill(&self, buf: &mut [u8]) {
        let drawn = self.with(|kernel| {
            kernel.hosts[self.host as usize].draws.fill(buf);
            kernel.note(Event::Draw {
                bytes: (&*buf).into(),
            });
        });
        if drawn.is_err() {
            self.shared.foreign_fill(buf);
        }
    }

    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

impl rand_core::TryRng for Context {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(Random::next_u64(self))
    }

    fn try_fill_bytes(&mut self, buf: &mut [u8]) -> Result<(), Infallible> {
        self.fill(buf);
        Ok(())
    }
}

// The draws come from a seed that is in the test's log: they are secret to nobody. The trait is
// there so that code that asks for it can be simulated.
impl rand_core::TryCryptoRng for Context {}

impl Resolver for Context {
    /// Hosts are found by their names, `localhost` is 127.0.0.1, and an address in text is itself.
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, Error> {
        if self.is_elsewhere() {
            let host = host.to_owned();
            let look_up = async move |context: Self| context.look_up(&host);
            return self.travel(look_up).await;
        }
        self.look_up(host)
    }
}

impl Context {
    fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Error> {
        let found = self.with(|kernel| {
            kernel.note(Event::Resolve { name: host });
            kernel.find_host(host)
        })?;
        if let Ok(ip) = host.parse() {
            return Ok(vec![ip]);
        }
        match found {
            Some(number) => Ok(vec![address(number)]),
            None if host == "localhost" => Ok(vec![Ipv4Addr::LOCALHOST.into()]),
            None => {
                let text = format!("no host of this simulation is called {host:?}");
                let cause = io::Error::new(ErrorKind::NotFound, text);
                Err(Error::ResolveFailed(host.into(), cause.into()))
            }
        }
    }
}

impl Buggify for Context {
    fn buggify(&self, site: &'static str) -> bool {
        let strikes = self.with_sites(|kernel| kernel.buggify(site));
        strikes.unwrap_or_default()
    }

    fn knob(&self, name: &'static str, default: u64, extremes: RangeInclusive<u64>) -> u64 {
        let turned = self.with_sites(|kernel| kernel.knob(name, extremes));
        turned.flatten().unwrap_or(default)
    }
}

impl Context {
    /// The kernel, where libraries are made to misbehave: else asking is no event.
    fn with_sites<R>(&self, ask: impl FnOnce(&mut Kernel) -> R) -> Option<R> {
        let asks = local::with(&self.shared, |kernel| kernel.sites.is_some());
        match asks {
            Some(true) => self.with(ask).ok(),
            _ => None,
        }
    }
}

impl Here for Context {
    fn here() -> Option<Self> {
        Current::context()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, life, .. } = self;
        f.debug_struct("Context")
            .field("host", host)
            .field("life", life)
            .finish_non_exhaustive()
    }
}
