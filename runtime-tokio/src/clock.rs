//! The system's clocks, and sleep.

use crate::{Context, run::Run};
use pin_project_lite::pin_project;
use runtime_traits::Clock;
use std::{
    fmt, mem,
    pin::Pin,
    sync::Arc,
    task::{self, Poll, Waker, ready},
    time::{Duration, Instant, SystemTime},
};
use tokio::task::coop;

/// What `monotonic` shows when the run begins: a day, so that `now - age` works.
const HEAD_START: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest stretch that is given to tokio's timer at once; its wheel turns in two years.
const STRETCH: Duration = match cfg!(test) {
    true => Duration::from_millis(3),
    false => Duration::from_secs(365 * 24 * 60 * 60),
};

impl Clock for Context {
    type Sleep = Sleep;

    fn current(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        HEAD_START + self.run().began.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(self, Instant::now().checked_add(duration))
    }

    fn sleep_until(&self, deadline: SystemTime) -> Sleep {
        self.sleep(
            deadline
                .duration_since(SystemTime::now())
                .unwrap_or_default(),
        )
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> Sleep {
        let since_began = deadline.saturating_sub(HEAD_START);
        Sleep::new(self, self.run().began.checked_add(since_began))
    }
}

pin_project! {
    /// What [`Clock::sleep`] returns. Rounded up to [tokio's grain](tokio::time::sleep) of a millisecond.
    /// After the end of the run it never ends.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Sleep {
        run: Arc<Run>,
        // `None`: so far that the clock cannot say it.
        deadline: Option<Instant>,
        waited: bool,
        // Whom the timer wakes, from the second poll on: most sleeps are polled twice.
        wakes: Option<Waker>,
        #[pin]
        timer: tokio::time::Sleep,
    }
}

impl Sleep {
    fn new(context: &Context, deadline: Option<Instant>) -> Self {
        let run = context.run().clone();
        let timer = {
            let _guard = run.enter();
            tokio::time::sleep_until(stretch(deadline).into())
        };
        Self {
            run,
            deadline,
            waited: false,
            wakes: None,
            timer,
        }
    }
}

fn stretch(deadline: Option<Instant>) -> Instant {
    let stretch = Instant::now() + STRETCH;
    deadline.map_or(stretch, |deadline| deadline.min(stretch))
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let (mut timer, deadline) = (this.timer.as_mut(), *this.deadline);
        // One that is polled at each turn of a connection would meet those of all others at the run.
        let wakes = |waker: &Waker| waker.will_wake(cx.waker());
        let knows = this.wakes.as_ref().is_some_and(wakes);
        if knows && !timer.is_elapsed() && coop::has_budget_remaining() {
            return Poll::Pending;
        }
        let first = !mem::replace(this.waited, true);
        let is_due = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        // After the run's end tokio's timer would panic.
        let poll = this.run.while_alive(|| {
            // Later the timer tells: a sleep that is polled often need not look. But it tells nothing
            // in a task that uses its budget up each time, as one with a busy future in a time limit.
            if (first || !coop::has_budget_remaining()) && is_due() {
                return Poll::Ready(());
            }
            loop {
                ready!(timer.as_mut().poll(cx));
                if is_due() {
                    return Poll::Ready(());
                }
                timer.as_mut().reset(stretch(deadline).into());
            }
        });
        match poll {
            // What never waits must not keep the thread for its task, time after time.
            Some(Poll::Ready(())) if first => {
                let coop = coop::poll_proceed(cx);
                *this.waited = coop.is_ready();
                coop.map(|coop| coop.made_progress())
            }
            // Without a budget the timer was not asked.
            Some(Poll::Pending) if !first && coop::has_budget_remaining() => {
                *this.wakes = Some(cx.waker().clone());
                Poll::Pending
            }
            poll => poll.unwrap_or(Poll::Pending),
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
