//! What a task and its handle share. It knows no future.

use super::split::{Hold, Inlet, Outlet};
use crate::{
    kernel::{Kernel, TaskId, Wait, Waiter, local},
    seat::Seat,
    sync::atomic::{
        AtomicBool, AtomicU64,
        Ordering::{Relaxed, SeqCst},
        fence,
    },
};
use runtime_traits::Error;
use std::task::{self, Poll};

pub(super) struct Joint {
    /// That it runs on.
    seat: Seat,
    aborted: AtomicBool,
    /// Its place and serial, once the kernel took it in.
    task: AtomicU64,
}

/// What a handle yields.
pub(super) type Output<T> = Result<T, Why>;

/// Why there is no output.
#[derive(Clone, Copy)]
pub(super) enum Why {
    Aborted,
    Exited,
    Closed,
}

impl Why {
    fn error(self) -> Error {
        match self {
            Self::Aborted => Error::Aborted,
            Self::Exited => Error::Exited,
            Self::Closed => Error::Closed,
        }
    }
}

const NOT_YET: u64 = u64::MAX;

impl Joint {
    pub(super) fn new(seat: Seat) -> Self {
        Self {
            seat,
            aborted: AtomicBool::new(false),
            task: AtomicU64::new(NOT_YET),
        }
    }

    fn task(&self) -> Option<TaskId> {
        let number = self.task.load(Relaxed);
        (number != NOT_YET).then_some(TaskId {
            index: (number >> 32) as u32,
            serial: number as u32,
        })
    }

    pub(super) fn host(&self) -> u32 {
        self.seat.host
    }

    /// Why its life of the host is over, if it is.
    pub(super) fn ended(&self) -> Option<Why> {
        let ended = |kernel: &mut Kernel| match kernel.is_alive(self.seat.host, self.seat.life) {
            true => None,
            false if kernel.ended => Some(Why::Closed),
            false => Some(Why::Exited),
        };
        local::with_run(self.seat.run, ended).unwrap_or(Some(Why::Closed))
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Relaxed)
    }

    /// Resolves the handle. Without one the result comes back, to be dropped.
    pub(super) fn finish<T>(
        &self,
        outlet: Outlet<'_, Output<T>>,
        result: Output<T>,
    ) -> Option<Output<T>> {
        match outlet.leave(result) {
            Ok(None) => None,
            Ok(Some(Waiter::Task(task))) => {
                self.seat.run.wake(task);
                None
            }
            Ok(Some(Waiter::Other(waker))) => {
                waker.wake();
                None
            }
            Err(unwanted) => Some(unwanted),
        }
    }

    /// Who is told at the end.
    #[inline]
    fn waiter(&self, cx: &task::Context<'_>) -> Waiter {
        let known = self.task().and_then(|task| {
            local::with_run(self.seat.run, |kernel| {
                kernel.waiter(cx, Wait::Handle(task))
            })
        });
        known.unwrap_or_else(|| Waiter::Other(cx.waker().clone()))
    }
}

impl<T> Hold<Output<T>> for Joint {
    type Yield = T;

    fn admit(&self, task: TaskId) {
        let TaskId { index, serial } = task;
        let number = u64::from(index) << 32 | u64::from(serial);
        self.task.store(number, Relaxed);
    }

    #[inline]
    fn poll_join(
        &self,
        mut inlet: Inlet<'_, Output<T>>,
        cx: &mut task::Context<'_>,
    ) -> Poll<Result<T, Error>> {
        if !inlet.is_closed() {
            let (polled, unwanted) = inlet.wait(self.waiter(cx));
            drop(unwanted);
            if polled.is_pending() {
                return Poll::Pending;
            }
        }
        match inlet.take() {
            Some(result) => Poll::Ready(result.map_err(Why::error)),
            None => panic!("a handle was polled after it had resolved"),
        }
    }

    fn abort(&self) {
        self.aborted.store(true, Relaxed);
        // Either this finds the task, or the task finds that it is aborted: the other fence follows
        // where a task is admitted whose handle is on another thread by then.
        fence(SeqCst);
        if let Some(task) = self.task()
            && local::with_run(self.seat.run, |kernel| kernel.abort(task)).is_none()
        {
            self.seat.run.wake(task);
        }
    }
}
