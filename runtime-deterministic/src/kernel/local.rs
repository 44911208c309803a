//! The kernel of the run that this thread is in, reached without a lock.

use super::{Kernel, Run, Shared, TaskId};
use crate::sync::thread_local;
use std::{cell::RefCell, mem::ManuallyDrop};

thread_local! {
    // `ManuallyDrop` spares the destructor's bookkeeping at each access; `Entered` empties the cell.
    static KERNEL: RefCell<ManuallyDrop<Option<Box<Kernel>>>> =
        const { RefCell::new(ManuallyDrop::new(None)) };
}

/// Runs `f` on the kernel of `shared`'s run: this thread's, or the parked one before `start`.
/// `None` when the run is over, or runs on another thread.
///
/// `f` may not call, wake or drop anything of the user's; it leaves that in the kernel's outbox,
/// which is emptied once the kernel is released.
#[inline]
pub(crate) fn with<R>(shared: &Shared, f: impl FnOnce(&mut Kernel) -> R) -> Option<R> {
    match on_this_thread(shared.run, f) {
        Ok(result) => Some(result),
        Err(f) => with_parked(shared, f),
    }
}

/// As [`with`], for whoever has no more of the run than its number.
#[inline]
pub(crate) fn with_run<R>(run: Run, f: impl FnOnce(&mut Kernel) -> R) -> Option<R> {
    match on_this_thread(run, f) {
        Ok(result) => Some(result),
        Err(f) => with_parked(&*run.find()?, f),
    }
}

/// Makes a task ready, which leaves nothing in the outbox. Says whether the kernel was here.
#[inline(always)]
pub(super) fn wake(run: Run, task: TaskId) -> bool {
    reach(run, |kernel| kernel.wake(task)).is_ok()
}

/// What `f` says of this thread's kernel; or `f`, where that is not the run's.
#[inline]
fn on_this_thread<R, F>(run: Run, f: F) -> Result<R, Option<F>>
where
    F: FnOnce(&mut Kernel) -> R,
{
    let mut f = Some(f);
    let reached = reach(run, |kernel| {
        let result = f.take().map(|f| f(kernel));
        (result, kernel.outbox.is_empty())
    });
    match reached {
        Ok((Some(result), true)) => Ok(result),
        Ok((Some(result), false)) => {
            deliver(run);
            Ok(result)
        }
        _ => Err(f),
    }
}

/// As above, and the outbox stays as it is.
#[inline(always)]
fn reach<R>(run: Run, f: impl FnOnce(&mut Kernel) -> R) -> Result<R, Elsewhere> {
    let reached = KERNEL.try_with(|cell| {
        let mut cell = cell.try_borrow_mut().ok()?;
        let kernel = cell.as_mut().filter(|kernel| kernel.run == run)?;
        Some(f(kernel))
    });
    reached.ok().flatten().ok_or(Elsewhere)
}

/// The kernel is not on this thread, or is borrowed.
struct Elsewhere;

#[cold]
fn deliver(run: Run) {
    if let Ok(outbox) = reach(run, |kernel| kernel.outbox.take()) {
        outbox.deliver(run);
    }
}

#[cold]
fn with_parked<R, F>(shared: &Shared, f: Option<F>) -> Option<R>
where
    F: FnOnce(&mut Kernel) -> R,
{
    let (result, outbox) = {
        let mut parked = shared.parked();
        let (kernel, f) = parked.as_mut().zip(f)?;
        (f(kernel), kernel.outbox.take())
    };
    outbox.deliver(shared.run);
    Some(result)
}

/// Keeps a kernel on this thread, and what was there before aside.
pub(crate) struct Entered {
    before: Option<Box<Kernel>>,
}

impl Entered {
    pub(crate) fn new(kernel: Box<Kernel>) -> Self {
        Self {
            before: swap(Some(kernel)),
        }
    }

    /// Takes the kernel off this thread.
    pub(crate) fn leave(mut self) -> Option<Box<Kernel>> {
        swap(self.before.take())
    }
}

fn swap(kernel: Option<Box<Kernel>>) -> Option<Box<Kernel>> {
    KERNEL.with(|cell| std::mem::replace(&mut **cell.borrow_mut(), kernel))
}
