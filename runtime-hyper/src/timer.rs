//! A runtime's clock as hyper wants it.

use hyper::rt;
use runtime_traits::Clock;
use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

/// Tells hyper the time by a runtime's monotonic clock: in simulation its time-outs take virtual time.
///
/// hyper counts in [`Instant`]s, which nobody but the host's clock can make. The timer takes one when
/// it is made for the clock's zero, and reckons from it; what that instant is makes no difference.
///
/// hyper sets a limit for each request and drops it again. A sleep that it drops is kept for the next
/// one, if it was set for no later time: so a limit that is never reached costs the runtime one sleep
/// for as long as it lasts, not one for each request. Clones share what is kept, so that a connection
/// had best have a timer of its own.
#[derive(Clone)]
pub struct Timer<C: Clock> {
    shared: Arc<Shared<C>>,
    /// When the clock shows nothing.
    zero: Instant,
}

struct Shared<C: Clock> {
    clock: C,
    /// What was set and dropped before its time.
    spare: Mutex<Option<Set<C::Sleep>>>,
}

/// A sleep of the runtime's that has not ended.
struct Set<F> {
    deadline: Duration,
    sleep: Pin<Box<F>>,
}

impl<C: Clock> Timer<C> {
    /// By this clock.
    pub fn new(clock: C) -> Self {
        let spare = Mutex::new(None);
        Self {
            shared: Arc::new(Shared { clock, spare }),
            zero: Instant::now(),
        }
    }

    fn until(&self, deadline: Duration) -> Pin<Box<dyn rt::Sleep>> {
        Box::pin(Sleep {
            shared: self.shared.clone(),
            deadline,
            set: None,
        })
    }
}

impl<C: Clock> rt::Timer for Timer<C> {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn rt::Sleep>> {
        self.until(self.shared.clock.monotonic().saturating_add(duration))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn rt::Sleep>> {
        self.until(deadline.saturating_duration_since(self.zero))
    }

    fn now(&self) -> Instant {
        self.zero + self.shared.clock.monotonic()
    }
}

impl<C: Clock> fmt::Debug for Timer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}

/// What [`Timer`] gives to hyper.
pub struct Sleep<C: Clock> {
    shared: Arc<Shared<C>>,
    deadline: Duration,
    /// From the first poll on.
    set: Option<Set<C::Sleep>>,
}

impl<C: Clock> Future for Sleep<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline;
        loop {
            let kept = self.set.take().or_else(|| self.shared.kept(deadline));
            let set = kept.unwrap_or_else(|| self.shared.set(deadline));
            let set = self.set.insert(set);
            ready!(set.sleep.as_mut().poll(cx));
            let ended = self.set.take();
            // One that was kept may have been set for an earlier time.
            if ended.is_none_or(|ended| ended.deadline >= deadline) {
                return Poll::Ready(());
            }
        }
    }
}

impl<C: Clock> Shared<C> {
    fn set(&self, deadline: Duration) -> Set<C::Sleep> {
        let sleep = Box::pin(self.clock.sleep_until_monotonic(deadline));
        Set { deadline, sleep }
    }

    /// What was kept and is in time for this deadline.
    fn kept(&self, deadline: Duration) -> Option<Set<C::Sleep>> {
        self.spare().take_if(|spare| spare.deadline <= deadline)
    }

    fn spare(&self) -> MutexGuard<'_, Option<Set<C::Sleep>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Clock> Drop for Sleep<C> {
    fn drop(&mut self) {
        let Some(set) = self.set.take() else { return };
        let before = self.shared.spare().replace(set);
        // Not under the lock: it is the runtime's to drop.
        drop(before);
    }
}

// What is pinned has a box of its own.
impl<C: Clock> Unpin for Sleep<C> {}

impl<C: Clock> rt::Sleep for Sleep<C> {}

impl<C: Clock> fmt::Debug for Sleep<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
