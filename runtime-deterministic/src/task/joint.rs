//! What a task and its handle share. It knows no future.

use super::split::{Admit, Split};
use crate::{
    Context,
    kernel::{Kernel, Run, TaskId, Wait, Waiter, local},
    sync::{
        Mutex, MutexGuard,
        atomic::{
            AtomicBool, AtomicU8, AtomicU64,
            Ordering::{Acquire, Relaxed, Release, SeqCst},
            fence,
        },
    },
};
use runtime_traits::{Error, Join};
use std::{
    mem,
    sync::PoisonError,
    task::{self, Poll},
};

pub(super) struct Joint<T> {
    run: Run,
    /// That it runs on.
    host: u32,
    life: u32,
    aborted: AtomicBool,
    /// How far `state` is, for those who can do without its lock then.
    stage: AtomicU8,
    /// Its place and serial, once the kernel took it in.
    task: AtomicU64,
    state: Mutex<State<T>>,
}

enum State<T> {
    Running(Option<Waiter>),
    /// The handle is gone.
    Detached,
    Done(T),
    Failed(Why),
    Taken,
}

/// Why there is no output.
#[derive(Clone, Copy)]
pub(super) enum Why {
    Aborted,
    Exited,
    Closed,
}

const RUNNING: u8 = 0;
const DONE: u8 = 1;
const TAKEN: u8 = 2;
const DETACHED: u8 = 3;

const NOT_YET: u64 = u64::MAX;

impl<T> Joint<T> {
    pub(super) fn new(context: &Context) -> Self {
        let Context { shared, host, life } = context;
        Self {
            run: shared.run,
            host: *host,
            life: *life,
            aborted: AtomicBool::new(false),
            stage: AtomicU8::new(RUNNING),
            task: AtomicU64::new(NOT_YET),
            state: Mutex::new(State::Running(None)),
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
        self.host
    }

    /// Why its life of the host is over, if it is.
    pub(super) fn ended(&self) -> Option<Why> {
        let ended = |kernel: &mut Kernel| match kernel.is_alive(self.host, self.life) {
            true => None,
            false if kernel.ended => Some(Why::Closed),
            false => Some(Why::Exited),
        };
        local::with_run(self.run, ended).unwrap_or(Some(Why::Closed))
    }

    /// Whether there is no handle, as far as is known.
    pub(super) fn is_detached(&self) -> bool {
        self.stage.load(Relaxed) == DETACHED
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Relaxed)
    }

    /// Resolves the handle. Without one the result comes back, to be dropped.
    pub(super) fn finish(&self, result: Result<T, Why>) -> Option<Result<T, Why>> {
        let mut state = self.lock();
        if matches!(*state, State::Detached) {
            return Some(result);
        }
        let done = match result {
            Ok(output) => State::Done(output),
            Err(why) => State::Failed(why),
        };
        let before = mem::replace(&mut *state, done);
        self.stage.store(DONE, Release);
        drop(state);
        match before {
            State::Running(Some(Waiter::Task(task))) => self.run.wake(task),
            State::Running(Some(Waiter::Other(waker))) => waker.wake(),
            _ => {}
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is told at the end.
    fn waiter(&self, cx: &task::Context<'_>) -> Waiter {
        let wait = self.task().map_or(Wait::Unknown, Wait::Handle);
        let known = local::with_run(self.run, |kernel| kernel.waiter(cx, wait));
        known.unwrap_or_else(|| Waiter::Other(cx.waker().clone()))
    }

    /// Leaves who waits. Not so once there is a result.
    fn wait(&self, cx: &task::Context<'_>) -> Poll<()> {
        if self.stage.load(Acquire) != RUNNING {
            return Poll::Ready(());
        }
        // Made while the lock is free: to clone a waker is another's code, and to drop one.
        let waiter = Some(self.waiter(cx));
        let mut state = self.lock();
        let (polled, unwanted) = match &mut *state {
            State::Running(place) => (Poll::Pending, mem::replace(place, waiter)),
            _ => (Poll::Ready(()), waiter),
        };
        drop(state);
        drop(unwanted);
        polled
    }

    fn take(&self) -> Result<T, Error> {
        let mut state = self.lock();
        self.stage.store(TAKEN, Relaxed);
        match mem::replace(&mut *state, State::Taken) {
            State::Done(output) => Ok(output),
            State::Failed(Why::Aborted) => Err(Error::Aborted),
            State::Failed(Why::Exited) => Err(Error::Exited),
            State::Failed(Why::Closed) => Err(Error::Closed),
            _ => panic!("a handle was polled after it had resolved"),
        }
    }

    fn abort(&self) {
        self.aborted.store(true, Relaxed);
        // Either this finds the task, or the task finds that it is aborted: the other fence follows
        // where a task is admitted whose handle is on another thread by then.
        fence(SeqCst);
        if let Some(task) = self.task()
            && local::with_run(self.run, |kernel| kernel.abort(task)).is_none()
        {
            self.run.wake(task);
        }
    }

    fn detach(&self) {
        if self.stage.load(Relaxed) == TAKEN {
            return;
        }
        let mut state = self.lock();
        let before = match *state {
            State::Running(_) => {
                self.stage.store(DETACHED, Relaxed);
                mem::replace(&mut *state, State::Detached)
            }
            _ => mem::replace(&mut *state, State::Taken),
        };
        drop(state);
        drop(before);
    }
}

impl<T: Send> Admit for Joint<T> {
    fn admit(&self, task: TaskId) {
        let TaskId { index, serial } = task;
        let number = u64::from(index) << 32 | u64::from(serial);
        self.task.store(number, Relaxed);
    }
}

impl<T: Send, W: Send> Join<T> for Split<Joint<T>, W> {
    fn poll_join(&self, cx: &mut task::Context<'_>) -> Poll<Result<T, Error>> {
        self.shared.wait(cx).map(|()| self.shared.take())
    }

    fn abort(&self) {
        self.shared.abort();
    }

    fn is_finished(&self) -> bool {
        self.shared.stage.load(Acquire) != RUNNING
    }

    fn detach(&self) {
        self.shared.detach();
    }
}
