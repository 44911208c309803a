//! The wakers of tasks: three numbers in a word, which are cloned and dropped for nothing.
//!
//! It knows no task: a wake-up goes to the run of that number. One of the two files with unsafe code;
//! its unit tests drive every function of the table, from other threads too.
#![expect(
    unsafe_code,
    reason = "a waker with a counted reference costs a locked instruction at each clone and drop"
)]

use crate::kernel::{RUN_BITS, Run, TaskId};
use std::{
    mem, ptr,
    sync::Arc,
    task::{RawWaker, RawWakerVTable, Wake, Waker},
};

const INDEX_BITS: u32 = 24;
/// A stale waker wakes the task that has its place by then only where their numbers, of which this
/// many bits are compared, are the same; a poll too many is one that any future is prepared for.
pub(crate) const SERIAL_BITS: u32 = u64::BITS - INDEX_BITS - RUN_BITS;

/// The waker of a task.
#[inline]
pub(crate) fn waker(run: Run, task: TaskId) -> Waker {
    match pack(run, task) {
        // SAFETY: the functions of the table never follow the pointer, but take it for the number
        // that it is. So they may be called with it on any thread, at any time and any number of
        // times, which is all that `RawWakerVTable` asks of them.
        Some(data) => unsafe { Waker::from_raw(raw(data)) },
        None => Waker::from(Arc::new(Far(run, task))),
    }
}

/// Whether it is this task's waker.
#[inline]
pub(crate) fn wakes(waker: &Waker, run: Run, task: TaskId) -> bool {
    match pack(run, task) {
        Some(data) => waker.data() == data && ptr::eq(waker.vtable(), &TABLE),
        None => waker.will_wake(&self::waker(run, task)),
    }
}

/// Drops a waker, where that does anything.
#[inline]
pub(crate) fn let_go(waker: Waker) {
    if ptr::eq(waker.vtable(), &TABLE) {
        mem::forget(waker);
    }
}

/// The numbers as the address of nothing, where it has room for them.
#[inline]
fn pack(run: Run, task: TaskId) -> Option<*const ()> {
    let serial = u64::from(task.serial) % (1 << SERIAL_BITS);
    let low = u64::from(task.index) | serial << INDEX_BITS;
    let word = low | u64::from(run.0) << (INDEX_BITS + SERIAL_BITS);
    (task.index < 1 << INDEX_BITS).then(|| ptr::without_provenance(word as usize))
}

fn unpack(data: *const ()) -> (Run, TaskId) {
    let word = data.addr() as u64;
    let index = (word % (1 << INDEX_BITS)) as u32;
    let serial = (word >> INDEX_BITS) as u32 % (1 << SERIAL_BITS);
    let run = Run((word >> (INDEX_BITS + SERIAL_BITS)) as u32);
    (run, TaskId { index, serial })
}

static TABLE: RawWakerVTable = RawWakerVTable::new(raw, wake, wake, |_| ());

fn raw(data: *const ()) -> RawWaker {
    RawWaker::new(data, &TABLE)
}

fn wake(data: *const ()) {
    let (run, task) = unpack(data);
    run.wake(task);
}

/// A waker whose numbers are too great for a word: of a task behind 2^24 others.
struct Far(Run, TaskId);

impl Wake for Far {
    fn wake(self: Arc<Self>) {
        self.0.wake(self.1);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.wake(self.1);
    }
}

#[cfg(not(target_pointer_width = "64"))]
compile_error!(
    "runtime-deterministic needs a 64-bit target: its wakers are three numbers in one word"
);

#[cfg(all(test, not(loom)))]
mod tests;
