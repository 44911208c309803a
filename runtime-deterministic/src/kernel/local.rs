//! The kernel of the run that this thread is in, reached without a lock.

use super::{Kernel, Shared, TaskId};
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
pub(crate) fn with<R>(shared: &Shared, f: impl FnOnce(&mut Kernel) -> R) -> Option<R> {
    let (result, quiet) = reach(shared, |kernel| (f(kernel), kernel.outbox.is_empty()))?;
    if !quiet {
        let outbox = reach(shared, |kernel| kernel.outbox.take());
        outbox?.deliver(shared);
    }
    Some(result)
}

/// Makes a task ready, which leaves nothing in the outbox. Says whether the kernel was here.
#[inline]
pub(super) fn wake(shared: &Shared, task: TaskId) -> bool {
    reach(shared, |kernel| kernel.wake(task)).is_some()
}

/// As [`with`], and the outbox stays as it is.
#[inline]
fn reach<R>(shared: &Shared, f: impl FnOnce(&mut Kernel) -> R) -> Option<R> {
    let mut f = Some(f);
    let here = KERNEL.try_with(|cell| {
        let mut cell = cell.try_borrow_mut().ok()?;
        let kernel = cell
            .as_mut()
            .filter(|kernel| std::ptr::eq(&*kernel.shared, shared))?;
        f.take().map(|f| f(kernel))
    });
    match here {
        Ok(Some(result)) => Some(result),
        _ => shared.parked().as_mut().zip(f).map(|(kernel, f)| f(kernel)),
    }
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
