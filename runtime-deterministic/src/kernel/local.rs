//! The kernel of the run that this thread is in, reached without a lock.

use super::{Kernel, Run, Shared, TaskId};
use crate::sync::thread_local;
use std::{
    cell::Cell,
    mem::{ManuallyDrop, forget},
    ops::{Deref, DerefMut},
    ptr,
};

thread_local! {
    // `ManuallyDrop` spares the destructor's bookkeeping at each access; `Entered` empties the cell.
    static KERNEL: Cell<ManuallyDrop<Option<Box<Kernel>>>> =
        const { Cell::new(ManuallyDrop::new(None)) };
}

/// This thread, as a number that no other has while it lasts: where its kernel lies.
pub(super) fn this_thread() -> usize {
    KERNEL.with(|cell| ptr::from_ref(cell).addr())
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

/// As [`with_run`], where that is on this thread: all of it where it is called.
#[inline(always)]
pub(crate) fn here<R>(run: Run, f: impl FnOnce(&mut Kernel) -> R) -> Option<R> {
    on_this_thread(run, f).ok()
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
    let held = Held::of(run);
    held.map(|mut kernel| kernel.wake(task)).is_some()
}

/// What `f` says of this thread's kernel; or `f`, where that is not the run's.
#[inline]
fn on_this_thread<R, F>(run: Run, f: F) -> Result<R, Option<F>>
where
    F: FnOnce(&mut Kernel) -> R,
{
    let Some(mut kernel) = Held::of(run) else {
        return Err(Some(f));
    };
    let result = f(&mut kernel);
    let done = kernel.outbox.is_empty();
    drop(kernel);
    if !done {
        deliver(run);
    }
    Ok(result)
}

/// This thread's kernel, taken out of its cell until this is dropped: whoever asks for it meanwhile
/// finds none.
pub(crate) struct Held(Option<Box<Kernel>>);

impl Held {
    /// Unless that is another run's.
    #[inline(always)]
    pub(crate) fn of(run: Run) -> Option<Self> {
        let held = Self(swap(None));
        let is_it = held.0.as_ref().is_some_and(|kernel| kernel.run == run);
        is_it.then_some(held)
    }
}

impl Deref for Held {
    type Target = Kernel;

    #[inline(always)]
    fn deref(&self) -> &Kernel {
        self.0.as_ref().expect("it is held")
    }
}

impl DerefMut for Held {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Kernel {
        self.0.as_mut().expect("it is held")
    }
}

impl Drop for Held {
    #[inline(always)]
    fn drop(&mut self) {
        // There is nothing in the cell to be dropped.
        forget(swap(self.0.take()));
    }
}

/// Wakes and drops what the kernel of this thread left.
#[cold]
pub(crate) fn deliver(run: Run) {
    let outbox = Held::of(run).map(|mut kernel| kernel.outbox.take());
    if let Some(outbox) = outbox {
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

/// Keeps a kernel on this thread, and what was there before aside, until this is dropped: the kernel
/// is taken off the thread then, also where a panic does it.
pub(crate) struct Entered {
    before: Option<Box<Kernel>>,
}

impl Entered {
    pub(crate) fn new(kernel: Box<Kernel>) -> Self {
        Self {
            before: swap(Some(kernel)),
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(kernel) = swap(self.before.take()) {
            kernel.retire();
        }
    }
}

#[inline(always)]
fn swap(kernel: Option<Box<Kernel>>) -> Option<Box<Kernel>> {
    let before = KERNEL.with(|cell| cell.replace(ManuallyDrop::new(kernel)));
    ManuallyDrop::into_inner(before)
}
