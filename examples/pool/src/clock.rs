//! Time: the host's clocks, and a thread that wakes who sleeps.

use crate::{Context, shared::Shared};
use runtime_traits::Clock;
use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{self, Poll, Waker},
    time::{Duration, SystemTime},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Who sleeps, by deadline. The number tells sleeps of one deadline apart.
pub(crate) type Timers = BTreeMap<(Duration, u64), Waker>;

/// What the sleeping calls return.
pub struct Sleep {
    shared: Arc<Shared>,
    deadline: Duration,
    timer: Option<(Duration, u64)>,
}

impl Shared {
    fn now(&self) -> Duration {
        DAY + self.started.elapsed()
    }
}

/// The timers' thread: wakes who is due until the run is over.
pub(crate) fn fire(shared: &Shared) {
    let mut state = shared.lock();
    while !state.ended {
        let now = shared.now();
        match state.timers.first_entry() {
            Some(first) if first.key().0 <= now => {
                let waker = first.remove();
                drop(state);
                waker.wake();
                state = shared.lock();
            }
            first => {
                let left = first.map_or(DAY, |first| (first.key().0 - now).min(DAY));
                let waited = shared.timer.wait_timeout(state, left);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}

impl Clock for Context {
    type Sleep = Sleep;

    fn current(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.sleep_until_monotonic(self.0.now().saturating_add(duration))
    }

    fn sleep_until(&self, deadline: SystemTime) -> Sleep {
        self.sleep(
            deadline
                .duration_since(SystemTime::now())
                .unwrap_or_default(),
        )
    }

    fn sleep_until_monotonic(&self, deadline: Duration) -> Sleep {
        Sleep {
            shared: self.0.clone(),
            deadline,
            timer: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let shared = this.shared.clone();
        let mut state = shared.lock();
        if state.ended {
            return Poll::Pending;
        }
        if shared.now() >= this.deadline {
            return Poll::Ready(());
        }
        let timer = *this.timer.get_or_insert_with(|| {
            state.next += 1;
            (this.deadline, state.next)
        });
        let before = state.timers.insert(timer, cx.waker().clone());
        let is_next = state
            .timers
            .first_key_value()
            .is_some_and(|(first, _)| *first == timer);
        drop(state);
        if is_next {
            shared.timer.notify_one();
        }
        drop(before);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let waker = self
            .timer
            .and_then(|timer| self.shared.lock().timers.remove(&timer));
        drop(waker);
    }
}
