//! Virtual time, and waiting for it.

mod clocks;

pub(crate) use clocks::{Change, Clocks, YEAR_10000};

use crate::{
    Context, FaultKind,
    event::Event,
    kernel::{Due, Injected, Kernel, Run, Shared, Sleeper, Wait, Waiter, local},
    timers::Key,
};
use clocks::signed;
use runtime_traits::Error;
use std::{
    fmt, mem,
    pin::Pin,
    task::{self, Poll},
    time::{Duration, SystemTime},
};

/// A deadline that is never reached.
pub(crate) const NEVER: u64 = u64::MAX;

/// Nanoseconds, as many as virtual time can count.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(NEVER)
}

/// An instant of virtual time, as reports show it: the time since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instant(pub(crate) u64);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06} ms", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl Shared {
    /// How many nanoseconds have passed on a host's monotonic clock since the start.
    #[inline]
    pub(crate) fn monotonic(&self, host: u32) -> u64 {
        match self.is_astray() {
            false => self.now(),
            true => self.monotonic_of(host),
        }
    }

    #[cold]
    fn monotonic_of(&self, host: u32) -> u64 {
        let now = self.now();
        self.clocks(host, |clocks| clocks.monotonic(now))
            .unwrap_or(now)
    }

    /// What a host's wall clock shows.
    pub(crate) fn wall(&self, host: u32) -> SystemTime {
        let now = self.now();
        let wall = match self.is_astray() {
            false => None,
            true => self.clocks(host, |clocks| clocks.wall(now)),
        };
        let wall = wall.unwrap_or_else(|| now.into());
        let since = Duration::from_nanos_u128(wall.unsigned_abs());
        match wall < 0 {
            true => self.start_time - since,
            false => self.start_time + since,
        }
    }

    /// When a deadline is reached, by a host's own clock as it drifts now or by the run's time.
    #[inline]
    fn instant(&self, clock: Option<u32>, deadline: u64) -> u64 {
        match self.is_astray() {
            false => deadline,
            true => self.instant_of(clock, deadline),
        }
    }

    #[cold]
    fn instant_of(&self, clock: Option<u32>, deadline: u64) -> u64 {
        clock
            .and_then(|host| self.clocks(host, |clocks| clocks.instant(deadline)))
            .unwrap_or(deadline)
    }
}

impl Kernel {
    /// Tells `waiter` when a deadline is reached that another thread sleeps until.
    pub(crate) fn sleep(&mut self, clock: Option<u32>, deadline: u64, waiter: Waiter) {
        let at = self.shared.instant(clock, deadline);
        self.timers.insert(at, due(at, clock, deadline, waiter));
    }

    /// Changes a host's clocks. Whoever sleeps by them wakes when they show the deadline.
    pub(crate) fn change_clocks(&mut self, host: u32, change: Change) {
        self.note(Event::Clock { host, change });
        self.shared.change_clocks(host, change);
        if !matches!(change, Change::Drift(_)) {
            return; // Nobody sleeps by the wall clock.
        }
        let Self { timers, shared, .. } = self;
        timers.rearrange(|at, due| {
            if let Due::Sleep { host: of, task } = *due
                && of == host
            {
                *due = Due::Tell(Box::new(Sleeper {
                    clock: Some(host),
                    deadline: at,
                    waiter: Waiter::Task(task),
                }));
            }
            match due {
                Due::Tell(sleeper) if sleeper.clock == Some(host) => {
                    Some(shared.instant(Some(host), sleeper.deadline))
                }
                _ => None,
            }
        });
    }
}

/// What tells `waiter` at an instant of the run, which moves when the clock's drift changes.
fn due(at: u64, clock: Option<u32>, deadline: u64, waiter: Waiter) -> Due {
    match (waiter, clock) {
        (Waiter::Task(task), None) => Due::Wake { task },
        (Waiter::Task(task), Some(host)) if at == deadline => Due::Sleep { host, task },
        (waiter, clock) => Due::Tell(Box::new(Sleeper {
            clock,
            deadline,
            waiter,
        })),
    }
}

/// What the sleeping calls of [`Context`] return. It ends exactly at its deadline, by the clock of
/// its host; sleeps with equal deadlines end in an order drawn from the seed.
#[must_use = "futures do nothing unless awaited"]
pub struct Sleep {
    run: Run,
    host: u32,
    life: u32,
    /// By the host's own clock, or else by the run's time.
    own: bool,
    deadline: u64,
    timer: Option<Key>,
}

impl Sleep {
    /// A sleep by the clock of the context's host.
    #[inline]
    pub(crate) fn until(context: &Context, deadline: u64) -> Self {
        let Context { shared, host, life } = context;
        Self {
            run: shared.run,
            host: *host,
            life: *life,
            own: true,
            deadline,
            timer: None,
        }
    }

    fn clock(&self) -> Option<u32> {
        self.own.then_some(self.host)
    }

    #[inline(always)]
    fn poll_in(&mut self, kernel: &mut Kernel, cx: &task::Context<'_>) -> Poll<()> {
        if !kernel.is_alive(self.host, self.life) {
            return Poll::Pending;
        }
        let at = kernel.shared.instant(self.clock(), self.deadline);
        if kernel.now >= at {
            // Its timer has fired: it is always set to where the clock shows the deadline.
            let timer = self.timer.take();
            debug_assert!(
                timer.is_none_or(|timer| kernel.timers.get_mut(timer).is_none()),
                "a sleep ends before its timer fires"
            );
            return Poll::Ready(());
        }
        match kernel.polled_by(cx) {
            // As a rule a task sleeps, by a clock that is right, and is polled when it is over.
            Some(task) if self.timer.is_none() && at == self.deadline => {
                kernel.waits(Wait::Sleep(at.into()));
                let host = self.host;
                let due = match self.own {
                    true => Due::Sleep { task, host },
                    false => Due::Wake { task },
                };
                self.begin(kernel, at, due);
            }
            _ => self.wait(kernel, cx, at),
        }
        Poll::Pending
    }

    #[inline(always)]
    fn begin(&mut self, kernel: &mut Kernel, at: u64, due: Due) {
        kernel.note(Event::Sleep { deadline: at });
        self.timer = Some(kernel.timers.insert(at, due));
    }

    /// Anybody waits by any clock, maybe again.
    #[inline(never)]
    fn wait(&mut self, kernel: &mut Kernel, cx: &task::Context<'_>, at: u64) {
        let waiter = kernel.waiter(cx, Wait::Sleep(at.into()));
        let due = |waiter| due(at, self.clock(), self.deadline, waiter);
        let Some(timer) = self.timer else {
            return self.begin(kernel, at, due(waiter));
        };
        let place = kernel.timers.get_mut(timer);
        match (place.expect("a timer waits until its time"), waiter) {
            (Due::Wake { task: place } | Due::Sleep { task: place, .. }, Waiter::Task(task)) => {
                *place = task;
            }
            (Due::Tell(sleeper), waiter) => {
                if let Waiter::Other(waker) = mem::replace(&mut sleeper.waiter, waiter) {
                    kernel.outbox.drop_later(waker);
                }
            }
            (place, waiter) => *place = due(waiter),
        }
    }

    /// Polled before the run, or after it, or by a thread that the simulator does not run.
    #[cold]
    fn poll_elsewhere(&mut self, cx: &task::Context<'_>) -> Poll<()> {
        let polled = local::with_run(self.run, |kernel| self.poll_in(kernel, cx));
        polled.unwrap_or_else(|| self.poll_from_afar(cx))
    }

    fn poll_from_afar(&self, cx: &task::Context<'_>) -> Poll<()> {
        let Some(shared) = self.run.find() else {
            return Poll::Pending;
        };
        let (clock, deadline) = (self.clock(), self.deadline);
        if shared.now() >= shared.instant(clock, deadline) && !shared.is_over() {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        shared.inject(Injected::Timer {
            clock,
            deadline,
            waker,
        });
        Poll::Pending
    }

    #[inline(never)]
    fn abandon(&mut self) {
        local::with_run(self.run, |kernel| self.cancel(kernel));
    }

    /// Takes the timer out, where it has not fired.
    #[inline]
    fn cancel(&mut self, kernel: &mut Kernel) {
        let timer = self.timer.take();
        let due = timer.and_then(|timer| kernel.timers.cancel(timer));
        if let Some(Due::Tell(sleeper)) = due
            && let Waiter::Other(waker) = sleeper.waiter
        {
            kernel.outbox.drop_later(waker);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.deadline == NEVER {
            return Poll::Pending;
        }
        let polled = local::here(this.run, |kernel| this.poll_in(kernel, cx));
        polled.unwrap_or_else(|| this.poll_elsewhere(cx))
    }
}

impl Drop for Sleep {
    #[inline]
    fn drop(&mut self) {
        if self.timer.is_some() {
            self.abandon();
        }
    }
}

/// Lets time pass on behalf of a call: an error, once the context is dead.
pub(crate) struct Elapse<'a> {
    context: &'a Context,
    sleep: Sleep,
}

impl<'a> Elapse<'a> {
    /// Until an instant of the run, whatever the host's clocks show.
    pub(crate) fn until(context: &'a Context, deadline: u64) -> Self {
        let mut sleep = Sleep::until(context, deadline);
        sleep.own = false;
        Self { context, sleep }
    }
}

impl Future for Elapse<'_> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        match self.context.with(|_| ()) {
            Ok(()) => Pin::new(&mut self.sleep).poll(cx).map(Ok),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sleep(until {})", Instant(self.deadline))
    }
}

/// The clocks of a host, as the test drives them. Got from [`Host::clock`](crate::Host::clock).
///
/// They show the run's time until something is done to them. Offset and jumps move the wall clock
/// ([`current`](runtime_traits::Clock::current)) alone; drift is of the oscillator behind both
/// clocks, and of the host's sleeps. They outlive crashes and restarts. No sleep that has been called
/// moves with the wall clock, [`sleep_until`](runtime_traits::Clock::sleep_until) neither.
///
/// Once the run is over nothing happens.
///
/// ```
/// use runtime_deterministic::Executor;
/// use runtime_traits::{Clock, Runner};
/// use std::time::Duration;
///
/// let (runner, context, _) = Executor::seeded(7);
/// runner.start(async {
///     let db = context.world().host("db", async |_| ()).unwrap();
///     db.clock().offset(Duration::from_secs(5));
///     db.clock().jump_back(Duration::from_secs(2));
///     assert_eq!(db.context().current(), context.current() + Duration::from_secs(3));
/// });
/// ```
pub struct HostClock {
    root: Context,
    host: u32,
}

impl HostClock {
    pub(crate) fn new(root: Context, host: u32) -> Self {
        Self { root, host }
    }

    /// Sets the wall clock so far ahead of the run's time, whatever it showed before. It stays
    /// between 1970 and 9999, as all that sets it does.
    pub fn offset(&self, ahead: Duration) {
        self.change(Change::Offset(signed(ahead)));
    }

    /// Sets the wall clock so far behind the run's time, whatever it showed before.
    pub fn offset_back(&self, behind: Duration) {
        self.change(Change::Offset(-signed(behind)));
    }

    /// Moves the wall clock forwards from what it shows, as a leap or a correction does.
    pub fn jump(&self, by: Duration) {
        self.change(Change::Jump(signed(by)));
    }

    /// Moves the wall clock back from what it shows.
    pub fn jump_back(&self, by: Duration) {
        self.change(Change::Jump(-signed(by)));
    }

    /// Lets both clocks run faster, or slower when it is negative, by so many millionths of their
    /// right speed, from now on. 0 is right, but does not take back what has drifted. Crystals are
    /// within 100 ppm or so. Nothing is rounded: a sleep ends at the first nanosecond of the run at which the host's
    /// clock shows its deadline, whatever the drift was since its call. The clocks never stand
    /// still: below -999,999 is as -999,999.
    pub fn drift_ppm(&self, ppm: i32) {
        self.change(Change::Drift(ppm));
    }

    fn change(&self, change: Change) {
        let _ = self.root.with(|kernel| {
            kernel.fired.add(match change {
                Change::Offset(_) => FaultKind::Offset,
                Change::Jump(_) => FaultKind::Jump,
                Change::Drift(_) => FaultKind::Drift,
            });
            match change {
                Change::Offset(_) => kernel.clock_is_set(self.host),
                Change::Drift(_) => kernel.drift_is_set(self.host),
                Change::Jump(_) => {}
            }
            kernel.change_clocks(self.host, change);
        });
    }
}

impl fmt::Debug for HostClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostClock").finish_non_exhaustive()
    }
}
