//! Virtual time, and waiting for it.

use crate::{
    Context,
    event::Event,
    kernel::{Due, Injected, Wait, local},
    timers::Key,
};
use runtime_traits::Error;
use std::{
    fmt,
    pin::Pin,
    task::{self, Poll},
    time::Duration,
};

/// A deadline that is never reached.
pub(crate) const NEVER: u64 = u64::MAX;

/// Nanoseconds, as many as virtual time can count.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(NEVER)
}

/// An instant of virtual time, as reports show it: the time since the start.
pub(crate) struct Instant(pub(crate) u64);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06} ms", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

/// What the sleeping calls of [`Context`] return. It ends exactly at its deadline; sleeps with equal
/// deadlines end in an order drawn from the seed.
#[must_use = "futures do nothing unless awaited"]
pub struct Sleep {
    context: Context,
    deadline: u64,
    timer: Option<Key>,
}

impl Sleep {
    pub(crate) fn until(context: Context, deadline: u64) -> Self {
        Self {
            context,
            deadline,
            timer: None,
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
        let polled = local::with(&this.context.shared, |kernel| {
            if !kernel.is_alive(this.context.host, this.context.life) {
                return Poll::Pending;
            }
            if kernel.now >= this.deadline {
                return Poll::Ready(());
            }
            let waiter = kernel.waiter(cx, Wait::Sleep(this.deadline));
            match this.timer.and_then(|timer| kernel.timers.get_mut(timer)) {
                Some(due) => {
                    if let Due::Wake(super::kernel::Waiter::Other(waker)) =
                        std::mem::replace(due, Due::Wake(waiter))
                    {
                        kernel.outbox.drop_later(waker);
                    }
                }
                None => {
                    kernel.note(Event::Sleep {
                        deadline: this.deadline,
                    });
                    this.timer = Some(kernel.timers.insert(this.deadline, Due::Wake(waiter)));
                }
            }
            Poll::Pending
        });
        polled.unwrap_or_else(|| {
            // Polled by a thread that the simulator does not run.
            if this.context.shared.now() >= this.deadline && !this.context.shared.ending().over {
                return Poll::Ready(());
            }
            let (deadline, waker) = (this.deadline, cx.waker().clone());
            this.context
                .shared
                .inject(Injected::Timer { deadline, waker });
            Poll::Pending
        })
    }
}

/// Lets time pass on behalf of a call: an error, once the context is dead.
pub(crate) struct Elapse(pub(crate) Sleep);

impl Future for Elapse {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        match self.0.context.with(|_| ()) {
            Ok(()) => Pin::new(&mut self.0).poll(cx).map(Ok),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            local::with(&self.context.shared, |kernel| {
                if let Some(Due::Wake(super::kernel::Waiter::Other(waker))) =
                    kernel.timers.cancel(timer)
                {
                    kernel.outbox.drop_later(waker);
                }
            });
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sleep(until {})", Instant(self.deadline))
    }
}
